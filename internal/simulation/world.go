package simulation

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// World is the name of the file with what all accounts of a folder share: the clock, and the
// regions that are down. It is next to the accounts' folders.
const World = "world"

// world is the content of the file World.
type world struct {
	// Ahead is how far the accounts' clock is ahead of the computer's clock.
	Ahead time.Duration `json:"ahead"`
	// Down are the regions that are down, with the accounts' time at which each went down.
	Down map[string]time.Time `json:"down,omitempty"`
}

// now returns the accounts' time.
func (w world) now() time.Time { return time.Now().UTC().Add(w.Ahead).Round(0) }

// until returns the time until which regions have all been up: the present time, or the time
// at which the first of them went down.
func (w world) until(regions ...string) time.Time {
	end := w.now()
	for _, region := range regions {
		if down, isDown := w.Down[region]; isDown && down.Before(end) {
			end = down
		}
	}
	return end
}

func (a *Account) worldFile() string { return filepath.Join(filepath.Dir(a.dir), World) }

// world reads the file World. Without a file, the clock is right and all regions are up.
func (a *Account) world() (world, error) {
	w := world{}
	data, err := os.ReadFile(a.worldFile())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w, nil
	case err != nil:
		return w, err
	}
	if err := json.Unmarshal(data, &w); err != nil {
		return w, fmt.Errorf("%s: %w", a.worldFile(), err)
	}
	return w, nil
}

// change changes the file World, in one process at a time.
func (a *Account) change(edit func(w *world)) (err error) {
	lock := flock.New(a.worldFile() + ".lock")
	if err := lock.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	w, err := a.world()
	if err != nil {
		return err
	}
	edit(&w)
	data, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return replaceFile(a.worldFile(), data)
}

// Now returns the accounts' time, and how far it is ahead of the computer's clock.
func (a *Account) Now() (now time.Time, ahead time.Duration, err error) {
	w, err := a.world()
	return w.now(), w.Ahead, err
}

// MoveClock moves the accounts' clock forward. Nothing waits: content that replicates with a
// delay arrives as the clock passes the time of its arrival.
func (a *Account) MoveClock(by time.Duration) error {
	if by <= 0 {
		return fmt.Errorf("clock: found %s; allowed: a duration above 0, such as 10m", by)
	}
	return a.change(func(w *world) { w.Ahead += by })
}

// Down returns the regions that are down, with the time at which each went down.
func (a *Account) Down() (map[string]time.Time, error) {
	w, err := a.world()
	return w.Down, err
}

// TakeDown takes a region down: no call to its APIs is answered, nothing is replicated from it
// or to it, and its content stays. Global resources fail if the region is us-east-1. A region
// that is down already stays so, since the same time.
func (a *Account) TakeDown(region string) error {
	if err := checkRegion(region); err != nil {
		return err
	}
	return a.change(func(w *world) {
		if w.Down == nil {
			w.Down = map[string]time.Time{}
		}
		if _, isDown := w.Down[region]; !isDown {
			w.Down[region] = w.now()
		}
	})
}

// BringUp brings a region up again, as it was when it went down.
func (a *Account) BringUp(region string) error {
	if err := checkRegion(region); err != nil {
		return err
	}
	return a.change(func(w *world) { maps.DeleteFunc(w.Down, func(name string, _ time.Time) bool { return name == region }) })
}

// Erase deletes a region's resources and content in all accounts, calls also, and brings the
// region up, empty. Copies in other regions keep what had reached them. After an error or a
// kill the region is down; the next call completes the deletion.
func (a *Account) Erase(region string, also func() error) error {
	if err := a.TakeDown(region); err != nil {
		return err
	}
	accounts, err := a.all()
	if err != nil {
		return err
	}
	for _, account := range accounts {
		if err := account.Do(func() error { return account.erase(region) }); err != nil {
			return err
		}
	}
	if err := also(); err != nil {
		return err
	}
	return a.BringUp(region)
}

// erase deletes the account's resources in a region, regardless of what refers to them.
func (a *Account) erase(region string) error {
	for _, r := range a.All(func(r *Resource) bool { return r.Region == region }) {
		if err := a.Delete(r); err != nil {
			return err
		}
	}
	return nil
}

func checkRegion(region string) error {
	if !regionName.MatchString(region) {
		return fmt.Errorf("region: found %q; allowed: the name of an AWS region, such as us-west-2", region)
	}
	return nil
}
