package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A box is a copy of the project's configuration with its own account.
type box struct {
	dir, sandbox, program string
	cloud                 string
	env                   []string
}

// A result holds one command's output and its use of time and memory. cpu is the sum over all
// of its processes; memory is the maximum over its processes.
type result struct {
	wall, first, cpu time.Duration // first is the time until the first output
	memory           int64         // bytes
	output           string
}

// box creates a box, in which no stack exists yet.
func (b *bench) box(program string) (*box, error) {
	dir, err := os.MkdirTemp(b.dir, "box")
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(b.root, "Pulumi*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err := errors.Join(err, os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o600)); err != nil {
			return nil, err
		}
	}
	return &box{dir: dir, sandbox: filepath.Join(b.root, "bin", "sandbox"), program: program, cloud: "simulated"}, nil
}

// ready creates the stacks, so that their creation is not measured.
func (x *box) ready() error {
	_, err := x.run("true")
	return err
}

// copy copies a box with its account and state.
func (b *bench) copy(x *box) (*box, error) {
	dir, err := os.MkdirTemp(b.dir, "box")
	if err != nil {
		return nil, err
	}
	copied := *x
	copied.dir = dir
	return &copied, os.CopyFS(dir, os.DirFS(x.dir))
}

// pulumi runs a Pulumi command.
func (x *box) pulumi(args ...string) (result, error) {
	return x.run(append([]string{"pulumi", "--non-interactive", "--color=never"}, args...)...)
}

func (x *box) run(args ...string) (result, error) {
	command := exec.Command(x.sandbox, append([]string{"--cloud", x.cloud, "--program", x.program}, args...)...)
	command.Dir, command.Env = x.dir, append(os.Environ(), x.env...)
	return measure(command)
}

// measure runs a command and measures it. A command that fails is an error.
func measure(command *exec.Cmd) (result, error) {
	began := time.Now()
	output := &firstByte{}
	var stderr bytes.Buffer
	command.Stdout, command.Stderr = output, &stderr
	if err := command.Run(); err != nil {
		return result{}, fmt.Errorf("%s: %w\n%s%s", strings.Join(command.Args, " "), err, output.buffer.String(), stderr.String())
	}
	state := command.ProcessState
	return result{
		wall: time.Since(began), first: output.at.Sub(began), cpu: state.UserTime() + state.SystemTime(),
		memory: peak(state), output: output.buffer.String(),
	}, nil
}

// peak returns the maximum memory, in bytes, of a process or one of its children.
func peak(state *os.ProcessState) int64 {
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss << 10 // KiB on Linux
	}
	return 0
}

// firstByte stores the output, and the time of the first write.
type firstByte struct {
	buffer bytes.Buffer
	at     time.Time
}

func (w *firstByte) Write(data []byte) (int, error) {
	if w.at.IsZero() {
		w.at = time.Now()
	}
	return w.buffer.Write(data)
}

// timedProgram and timedResult are environment variables. If timedProgram names a program,
// bench runs it, and writes its CPU time and memory to the file that timedResult names. The
// sandbox then runs bench as the Pulumi program, because the sandbox itself does not measure
// the program that it runs.
const timedProgram, timedResult = "BENCH_PROGRAM", "BENCH_RESULT"

func runTimed(program string) int {
	command := exec.Command(program)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	command.Env = append(os.Environ(), timedProgram+"=")
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	state := command.ProcessState
	took := fmt.Sprint(int64(state.UserTime()+state.SystemTime()), peak(state))
	if err := os.WriteFile(os.Getenv(timedResult), []byte(took), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	return state.ExitCode()
}

// timed makes a box measure its program separately. After a command, took returns the
// program's CPU time, and its memory in bytes.
func (x *box) timed() (took func() (cpu time.Duration, memory int64, err error), err error) {
	self, err := os.Executable()
	file := filepath.Join(x.dir, "took")
	x.env = append(x.env, timedProgram+"="+x.program, timedResult+"="+file)
	x.program = self
	return func() (cpu time.Duration, memory int64, err error) {
		data, err := os.ReadFile(file)
		if err != nil {
			return 0, 0, err
		}
		_, err = fmt.Sscan(string(data), (*int64)(&cpu), &memory)
		return cpu, memory, err
	}, err
}
