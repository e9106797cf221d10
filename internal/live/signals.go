package live

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// signals holds the contexts that signals end.
type signals struct {
	work  context.Context // done at the first signal
	abort context.Context // done at the second signal
	stop  func()
}

// handleSignals ends the context work at the first signal and abort at the second. After
// that it restores Go's own handling: a third signal ends the process.
func handleSignals(received <-chan os.Signal, out io.Writer) signals {
	work, endWork := context.WithCancel(context.Background())
	abort, endAbort := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		for _, next := range []struct {
			end     func()
			message string
		}{
			{endWork, "live: stopping, then deleting the run's resources. Send the signal again to stop at once and leave them."},
			{endAbort, "live: stopping at once."},
		} {
			select {
			case <-received:
				_, _ = fmt.Fprintln(out, next.message)
				next.end()
			case <-done:
				return
			}
		}
		signal.Reset(os.Interrupt, syscall.SIGTERM)
	}()
	return signals{work, abort, func() { close(done); endWork(); endAbort() }}
}

// lockedWriter is a writer for the commands and the signal handler, which run at the
// same time.
type lockedWriter struct {
	sync.Mutex
	to io.Writer
}

func (w *lockedWriter) Write(text []byte) (int, error) {
	w.Lock()
	defer w.Unlock()
	return w.to.Write(text)
}
