package workspace

import (
	"context"
	"time"
)

// Clock is the source of the current time and of pauses. Tests use a clock whose pauses
// end immediately.
type Clock interface {
	Now() time.Time
	// Sleep returns the context's error if the context ends before the pause does.
	Sleep(ctx context.Context, d time.Duration) error
}

// WallClock is the system clock, in UTC.
type WallClock struct{}

// Now returns the current time.
func (WallClock) Now() time.Time { return time.Now().UTC() }

// Sleep pauses for d.
func (WallClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
