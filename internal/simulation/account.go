package simulation

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Global is the region of resources that belong to no region, such as CloudFront's.
const Global = "global"

// AccountID is the default number of the simulated AWS account.
const AccountID = "123456789012"

// Resource is a resource that exists in the simulated account.
type Resource struct {
	Type       string         `json:"type"`
	Region     string         `json:"region"`
	ID         string         `json:"id"`
	Seed       string         `json:"seed"` // the resource's generated values derive from it
	Properties map[string]any `json:"properties"`
	Created    time.Time      `json:"created,omitzero"` // of hosted zones, whose order matters
	account    string         // the account's number
	attempt    int            // how often a new resource's ID was rendered
}

// Account is the simulated account: a folder with one JSON file per resource, which can be
// read and changed by hand. Several processes may open the same account.
type Account struct {
	// ID is the account's number, of 12 digits.
	ID         string
	dir        string
	mu         sync.Mutex
	lock       *flock.Flock
	generation int // the folder's generation when resources was read
	resources  map[string]*Resource
	faults     []*Fault
	othersLock sync.Mutex
	others     map[string]*Account // accounts in the same folder that were opened, by folder
}

// Open returns the account in the folder dir, which it creates if necessary. The folder's
// name contains the account's number, as in Folder; for other names the number is AccountID.
func Open(dir string) (*Account, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	id, numbered := strings.CutPrefix(filepath.Base(dir), Folder(""))
	if !numbered {
		id = AccountID
	}
	return &Account{ID: id, dir: dir, lock: flock.New(filepath.Join(dir, "lock")), generation: -1}, nil
}

// Folder returns the name of the folder for the account with a number.
func Folder(id string) string {
	if id == AccountID {
		return "account"
	}
	return "account-" + id
}

// other opens another account in the same parent folder.
func (a *Account) other(id string) (*Account, error) {
	if id == a.ID {
		return a, nil
	}
	return Open(filepath.Join(filepath.Dir(a.dir), Folder(id)))
}

// all returns the account and the other accounts in the same folder. Do not call it within Do:
// two accounts that wait for each other's locks would wait forever.
func (a *Account) all() ([]*Account, error) {
	folders, err := filepath.Glob(filepath.Join(filepath.Dir(a.dir), Folder(AccountID)+"*"))
	if err != nil {
		return nil, err
	}
	a.othersLock.Lock()
	defer a.othersLock.Unlock()
	accounts := []*Account{a}
	for _, folder := range folders {
		if folder == a.dir {
			continue
		}
		if a.others[folder] == nil {
			other, err := Open(folder)
			if err != nil {
				return nil, err
			}
			if a.others == nil {
				a.others = map[string]*Account{}
			}
			a.others[folder] = other
		}
		accounts = append(accounts, a.others[folder])
	}
	return accounts, nil
}

// Do runs fn while it holds the account's lock, in this process and against other processes.
func (a *Account) Do(fn func() error) (err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.lock.Lock(); err != nil {
		return fmt.Errorf("lock the simulated account: %w", err)
	}
	defer func() { err = errors.Join(err, a.lock.Unlock()) }()
	if err := a.load(); err != nil {
		return fmt.Errorf("read the simulated account in %s: %w", a.dir, err)
	}
	return fn()
}

// load reads the folder if another process wrote to it since the last call.
func (a *Account) load() error {
	generation := 0
	data, err := os.ReadFile(a.generationFile())
	if err == nil {
		generation, err = strconv.Atoi(string(data))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if generation == a.generation {
		return nil
	}
	resources := map[string]*Resource{}
	err = filepath.WalkDir(a.dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		resource := &Resource{}
		if err := json.Unmarshal(data, resource); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		resource.account = a.ID
		resources[key(resource.Type, resource.Region, resource.ID)] = resource
		return nil
	})
	if err != nil {
		return err
	}
	a.generation, a.resources = generation, resources
	return nil
}

// Get returns a resource, or nil. Like all methods below, call it within Do.
func (a *Account) Get(typ, region, id string) *Resource {
	return a.resources[key(typ, region, id)]
}

// All returns the resources for which match returns true, in no order.
func (a *Account) All(match func(*Resource) bool) []*Resource {
	var found []*Resource
	for _, resource := range a.resources {
		if match(resource) {
			found = append(found, resource)
		}
	}
	return found
}

// Put creates or replaces a resource.
func (a *Account) Put(r *Resource) error {
	if err := a.keepContent(r); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	path := a.file(r.Type, r.Region, r.ID)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := replaceFile(path, data); err != nil {
		return err
	}
	a.resources[key(r.Type, r.Region, r.ID)] = r
	return a.wrote()
}

// Delete deletes a resource and its content, and records its ID as used: AWS never assigns an ID twice.
func (a *Account) Delete(r *Resource) error {
	if err := a.carryContent(r); err != nil {
		return err
	}
	path := a.file(r.Type, r.Region, r.ID)
	if err := os.Rename(path, path+".gone"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	delete(a.resources, key(r.Type, r.Region, r.ID))
	return errors.Join(a.eraseJournal(r), a.wrote())
}

// Used reports whether a resource has or had this ID.
func (a *Account) Used(typ, region, id string) bool {
	_, err := os.Stat(a.file(typ, region, id) + ".gone")
	return err == nil || a.Get(typ, region, id) != nil
}

func (a *Account) wrote() error {
	a.generation++
	return replaceFile(a.generationFile(), []byte(strconv.Itoa(a.generation)))
}

func (a *Account) generationFile() string { return filepath.Join(a.dir, "generation") }

// longestName is the longest name of a file, in bytes; file systems accept 255.
const longestName = 200

// file returns the path REGION/SERVICE/TYPE/ID.json for a type such as aws:ec2/vpc:Vpc. A long
// ID is cut, and ends in a hash of the whole.
func (a *Account) file(typ, region, id string) string {
	name := url.PathEscape(id)
	if len(name) > longestName {
		name = fmt.Sprintf("%s-%x", name[:longestName-33], sha256.Sum256([]byte(id)))[:longestName]
	}
	return filepath.Join(a.dir, region, service(typ), typ[strings.LastIndex(typ, ":")+1:], name+".json")
}

func key(typ, region, id string) string { return typ + "|" + region + "|" + id }

// replaceFile writes a file, or leaves the previous file after an error.
func replaceFile(path string, data []byte) error {
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
