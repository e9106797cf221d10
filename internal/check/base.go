package check

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/siteconfig"
)

// base is the commit that the files in dir are compared with: the merge base of HEAD and branch.
type base struct {
	dir, branch, commit string
	// files are the names of the commit's files under dir.
	files []string
}

// git returns what a git command prints for dir.
func git(dir string, args ...string) (string, error) {
	output, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	return string(output), err
}

// openBase returns the merge base of HEAD and a branch, or nil if there is none.
func openBase(dir, branch string) (*base, error) {
	commit, err := git(dir, "merge-base", "HEAD", branch)
	if err != nil {
		return nil, nil // a copy of the repository without the branch is checked alone
	}
	commit = strings.TrimSpace(commit)
	files, err := git(dir, "ls-tree", "-r", "-z", "--name-only", commit)
	return &base{dir, branch, commit, strings.Split(files, "\x00")}, err
}

// read returns a file of the base and of dir. A file that does not exist is nil.
func (b *base) read(file string) (old, data []byte, err error) {
	if slices.Contains(b.files, file) {
		text, err := git(b.dir, "show", b.commit+":./"+file)
		if err != nil {
			return nil, nil, fmt.Errorf("git show %s of %s: %w", file, b.branch, err)
		}
		old = []byte(text)
	}
	data, err = os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(file)))
	if errors.Is(err, os.ErrNotExist) {
		return old, nil, nil
	}
	return old, data, err
}

// compare compares the files in dir with the merge base of HEAD and a branch. It returns an error
// for each lost region, key or protection of a stack, and for each loosened part of the law without
// an entry in the register's history. It writes new exceptions to out.
func compare(dir, branch string, sites map[string]*siteconfig.Site, today time.Time, out io.Writer) error {
	b, err := openBase(dir, branch)
	if err != nil {
		return err
	}
	if b == nil {
		_, err := fmt.Fprintf(out, "%s: found no such branch; the files are not compared with it.\n", branch)
		return err
	}
	var problems []error
	var loosened []loosening
	for _, law := range lawFiles {
		old, data, err := b.read(law.path)
		problems = append(problems, err)
		loosened = append(loosened, compareFile(law, old, data)...)
	}
	for _, file := range b.stackFiles() {
		old, data, err := b.read(file)
		problems = append(problems, err)
		if data == nil {
			problems = append(problems, fmt.Errorf("%s: found no file; allowed: the stack's file, as in %s", file, branch))
			continue
		}
		loosened = append(loosened, compareFile(stackFile(file), old, data)...)
		problems = append(problems, listExceptions(b, file, old, data, out))
		stack := strings.TrimSuffix(strings.TrimPrefix(file, "Pulumi."), ".yaml")
		if site := sites[stack]; site != nil && old != nil { // global holds no users' data
			problems = append(problems, checkLosses(b, file, old, data, site.Exceptions, today)...)
		}
	}
	return errors.Join(append(problems, checkHistory(b, loosened, today))...)
}

// stackFiles returns the names of the files of stacks in the base and in dir, sorted.
func (b *base) stackFiles() []string {
	const pattern = "Pulumi.*.yaml"
	names := slices.DeleteFunc(slices.Clone(b.files), func(file string) bool {
		ok, _ := filepath.Match(pattern, file) // the pattern is well formed
		return !ok
	})
	files, _ := filepath.Glob(filepath.Join(b.dir, pattern))
	for _, file := range files {
		names = append(names, filepath.Base(file))
	}
	slices.Sort(names)
	return slices.Compact(names)
}
