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

// emulatorFile returns the path of the file with the running emulator's process ID and port.
// The emulator holds a lock on the file while it runs.
func (s *sandbox) emulatorFile() string { return filepath.Join(s.dir, "emulator") }

// emulate returns the environment in which the real provider plugins use an emulated AWS
// API. The emulator keeps its account in memory, so it runs until a reset. Pulumi finds the
// plugins on PATH, or downloads them.
func (s *sandbox) emulate() ([]string, error) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		return nil, errors.New("PATH: found no moto_server; `pip install 'moto[server]'` installs it")
	}
	_, port, alive := findEmulator(s.emulatorFile())
	if !alive {
		if err := s.dropState(); err != nil {
			return nil, err
		}
		if port, err = startEmulator(program, s.emulatorFile()); err != nil {
			return nil, err
		}
	}
	s.secrets = func(string) string { return "passphrase" } // needs no KMS key in the account
	return []string{
		// An IP address makes the SDK use paths for S3 buckets, not host names.
		fmt.Sprintf("AWS_ENDPOINT_URL=http://127.0.0.1:%d", port),
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
	}, nil
}

// dropState deletes the state of an account whose emulator has ended, unless another command
// is using it.
func (s *sandbox) dropState() error {
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
	server.Env = append(inherited(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true") // AWS's managed policies
	server.ExtraFiles = []*os.File{memory}                                  // the file's lock
	server.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := server.Start(); err != nil {
		return 0, err
	}
	if err := await(server, port); err != nil {
		return 0, fmt.Errorf("moto_server %w; see its log, %s", err, log.Name())
	}
	_, err = fmt.Fprintf(memory, "%d %d", server.Process.Pid, port)
	return port, err
}

// await waits until a server answers and is still running afterwards: another server on the
// same port could have answered.
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

// answers reports whether an emulator listens on the port.
func answers(port int) bool {
	client := &http.Client{Timeout: time.Second}
	response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/moto-api/data.json", port))
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode == http.StatusOK
}

// findEmulator returns the process ID and port in an emulator's file, and whether that
// emulator is running.
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

// stopEmulator ends the emulator of a file, if it is running, and deletes the file.
func stopEmulator(file string) {
	if pid, _, alive := findEmulator(file); alive {
		_ = syscall.Kill(-pid, syscall.SIGTERM)
	}
	_ = os.Remove(file)
}
