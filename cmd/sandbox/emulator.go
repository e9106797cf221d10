package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// emulatorFile names the file that remembers the running emulator. The emulator
// holds a lock on it for as long as it lives.
func (s *sandbox) emulatorFile() string { return filepath.Join(s.dir, "emulator") }

// emulate points the real provider plugins at an emulated AWS API. The emulator
// keeps its account in memory, so it goes on running until a reset. Pulumi finds
// the plugins on PATH, or fetches them.
func (s *sandbox) emulate() ([]string, error) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		return nil, errors.New("there is no moto_server on PATH; `pip install 'moto[server]'` installs it")
	}
	_, port, alive := findEmulator(s.emulatorFile())
	if !alive {
		if err := s.forget(); err != nil {
			return nil, err
		}
		if port, err = startEmulator(program, s.emulatorFile()); err != nil {
			return nil, err
		}
	}
	s.secrets = func(string) string { return "passphrase" } // which takes no key in the account
	return []string{
		// By its number: the SDK then asks S3 for paths, not for host names.
		fmt.Sprintf("AWS_ENDPOINT_URL=http://127.0.0.1:%d", port),
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
	}, nil
}

// forget drops the state of an account that went with its emulator, unless
// another command is still at work on it.
func (s *sandbox) forget() error {
	if err := s.held.Unlock(); err != nil {
		return err
	}
	if err := s.reset(); err != nil {
		return fmt.Errorf("the emulator has ended: %w", err)
	}
	return s.held.RLock()
}

// startEmulator starts a server that outlives this process, waits until it
// answers, and returns its port.
func startEmulator(program, file string) (int, error) {
	port, err := freePort()
	if err != nil {
		return 0, err
	}
	memory, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { _ = memory.Close() }()
	if err := syscall.Flock(int(memory.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return 0, err
	}
	log, err := os.Create(file + ".log")
	if err != nil {
		return 0, err
	}
	defer func() { _ = log.Close() }()
	server := exec.Command(program, "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	server.Stdout, server.Stderr = log, log
	server.Env = append(inherited(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true") // AWS's own policies
	server.ExtraFiles = []*os.File{memory}                                  // and with it the lock
	server.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := server.Start(); err != nil {
		return 0, err
	}
	if err := await(server, port); err != nil {
		return 0, fmt.Errorf("moto_server %w; %s may say why", err, log.Name())
	}
	_, err = fmt.Fprintf(memory, "%d %d", server.Process.Pid, port)
	return port, err
}

// await waits until a server answers, and goes on to live: another one on its
// port would answer too.
func await(server *exec.Cmd, port int) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	deadline := time.After(time.Minute)
	for answered := false; ; answered = answers(port) {
		select {
		case err := <-ended:
			return fmt.Errorf("ended at once (%w)", err)
		case <-deadline:
			_ = server.Process.Kill()
			return errors.New("did not answer within a minute")
		case <-time.After(50 * time.Millisecond):
			if answered {
				return nil
			}
		}
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// answers reports whether an emulator listens.
func answers(port int) bool {
	client := &http.Client{Timeout: time.Second}
	response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/moto-api/data.json", port))
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode == http.StatusOK
}

// findEmulator returns the emulator that a file remembers, if it still lives.
func findEmulator(file string) (pid, port int, alive bool) {
	memory, err := os.Open(file)
	if err != nil {
		return 0, 0, false
	}
	defer func() { _ = memory.Close() }()
	if _, err := fmt.Fscan(memory, &pid, &port); err != nil {
		return 0, 0, false
	}
	free := syscall.Flock(int(memory.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == nil
	return pid, port, !free
}

// stopEmulator ends the emulator that a file remembers, if it still lives.
func stopEmulator(file string) {
	if pid, _, alive := findEmulator(file); alive {
		_ = syscall.Kill(-pid, syscall.SIGTERM)
	}
	_ = os.Remove(file)
}
