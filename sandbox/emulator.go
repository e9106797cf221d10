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

// emulatorFile names the file that remembers the running emulator.
func (s *sandbox) emulatorFile() string { return filepath.Join(s.dir, "emulator") }

// emulate points the real provider plugins at an emulated AWS API. The emulator
// keeps its account in memory, so it goes on running until a reset. Pulumi finds
// the plugins on PATH, or fetches them.
func (s *sandbox) emulate() ([]string, error) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		return nil, errors.New("there is no moto_server on PATH; `pip install 'moto[server]'` installs it")
	}
	pid, port, err := readEmulator(s.emulatorFile())
	if err != nil || !runs(pid) {
		// What the state describes went with the last emulator.
		if err := s.clear(); err != nil {
			return nil, err
		}
		if pid, port, err = startEmulator(program, filepath.Join(s.dir, "emulator.log")); err != nil {
			return nil, err
		}
		if err := os.WriteFile(s.emulatorFile(), fmt.Appendf(nil, "%d %d", pid, port), 0o600); err != nil {
			return nil, err
		}
	}
	return []string{
		// By its number: the SDK then asks S3 for paths, not for host names.
		fmt.Sprintf("AWS_ENDPOINT_URL=http://127.0.0.1:%d", port),
		"AWS_ACCESS_KEY_ID=test",
		"AWS_SECRET_ACCESS_KEY=test",
	}, nil
}

// startEmulator starts a server that outlives this process and waits until it answers.
func startEmulator(program, log string) (pid, port int, err error) {
	if port, err = freePort(); err != nil {
		return 0, 0, err
	}
	output, err := os.Create(log)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = output.Close() }()
	server := exec.Command(program, "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	server.Stdout, server.Stderr = output, output
	server.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := server.Start(); err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	deadline := time.After(time.Minute)
	for !answers(port) {
		select {
		case err := <-ended:
			return 0, 0, fmt.Errorf("moto_server ended at once (%w); %s says why", err, log)
		case <-deadline:
			_ = server.Process.Kill()
			return 0, 0, fmt.Errorf("moto_server did not answer within a minute; %s may say why", log)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return server.Process.Pid, port, nil
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

// runs reports whether a process exists. A busy emulator may take long to answer.
func runs(pid int) bool { return syscall.Kill(pid, 0) == nil }

func readEmulator(file string) (pid, port int, err error) {
	data, err := os.ReadFile(file)
	if err == nil {
		_, err = fmt.Sscan(string(data), &pid, &port)
	}
	return pid, port, err
}

// stopEmulator ends the emulator that a file remembers, if it still runs.
func stopEmulator(file string) {
	if pid, _, err := readEmulator(file); err == nil {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
	_ = os.Remove(file)
}
