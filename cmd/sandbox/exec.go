package main

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

// exec runs a command with this process's terminal and returns its exit status.
func (s *sandbox) exec(command []string) (int, error) {
	child := exec.Command(command[0], command[1:]...)
	child.Dir, child.Env = s.project(), s.env
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr

	// A terminal sends its signals to both processes; forwarding would send Pulumi a second
	// Ctrl-C, on which it stops at once. Without a terminal the signals are forwarded.
	interactive := term.IsTerminal(int(os.Stdin.Fd()))
	child.SysProcAttr = &syscall.SysProcAttr{Setpgid: !interactive}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if err := child.Start(); err != nil {
		return 1, err
	}
	go func() {
		for received := range signals {
			if received == syscall.SIGTERM || !interactive {
				_ = child.Process.Signal(received)
			}
		}
	}()
	err := child.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			return 128 + int(status.Signal()), nil // as a shell reports it
		}
		return exit.ExitCode(), nil
	}
	return child.ProcessState.ExitCode(), err
}
