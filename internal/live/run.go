package live

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/workspace"
)

// object is a mapping in a JSON document.
type object = map[string]any

// app is one command on one run.
type app struct {
	options
	*workspace.Workspace
	in io.Reader
}

// do runs the steps. After the first signal, at which work ends, it deletes the resources
// that a step has created; abort stops that too.
func (a *app) do(work, abort context.Context) error {
	unlock, err := a.Open()
	if err != nil {
		return err
	}
	defer unlock()
	switch a.step {
	case stepDown:
		return a.down(abort)
	case stepUp:
		err = a.up(work)
	case stepCheck:
		err = a.check(work)
	case stepAll:
		if err = a.up(work); err == nil {
			err = a.check(work)
		}
	}
	begun := a.Record != nil && !a.Record.Ended
	if begun && (a.step == stepAll || work.Err() != nil) {
		return errors.Join(err, a.down(abort))
	}
	if begun {
		next := stepCheck
		if err != nil && a.step == stepUp {
			next = stepUp // continues after the last completed operation
		}
		_, _ = fmt.Fprintf(a.Out, "\nThe run's resources cost about %.2f USD per hour. Delete them by the end of %s. Next:\n\n    %s\n    %s\n",
			a.Record.Rate, a.Record.Until, a.Resume(string(next)), a.Resume(string(stepDown)))
	}
	return err
}

// confirm reads the account's number from the user.
func (a *app) confirm(number string) error {
	_, _ = fmt.Fprintf(a.Out, "\nType the account's number, %s, to begin: ", number)
	typed, _ := bufio.NewReader(a.in).ReadString('\n')
	if typed = strings.TrimSpace(typed); typed != number {
		return fmt.Errorf("confirmation: found %q; allowed: %s. Nothing was created", typed, number)
	}
	return nil
}

// refuseOtherAccount returns an error if the credentials do not belong to the run's account.
func (a *app) refuseOtherAccount() error {
	number, err := account.Number(a.Record.Region)
	if err == nil && number != a.Record.Account {
		err = fmt.Errorf("account: found %s; allowed: %s, the account of the run", number, a.Record.Account)
	}
	return err
}

// encode returns a value as JSON, for the AWS CLI.
func encode(value any) string {
	data, _ := json.Marshal(value) // cannot fail: maps, lists and strings
	return string(data)
}
