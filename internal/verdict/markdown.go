package verdict

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"example.com/multisite/internal/diagnostic"
)

// GitHub refuses a comment of more than 65,536 characters. The limit is in bytes, and leaves
// room for the notes on omitted items, so it stays below that.
const (
	limit    = 65_000
	reserved = 1_500
)

// The longest name of a resource, list of properties and error, in characters.
const (
	longestName  = 200
	longestList  = 400
	longestError = 3_000
)

// marker returns the first line of a stack's comment, by which the next run finds the comment.
func marker(stack string) string { return "<!-- multisite-preview: " + stack + " -->\n" }

// markdown renders the verdict, the most dangerous operations first, and prints the number of items
// that it leaves out for lack of room. whole is the URL of the whole preview, or empty.
func (v *verdict) markdown(whole string) string {
	end := fmt.Sprintf("\nThe whole preview: `pulumi preview -s %s --diff`\n", v.stack)
	if whole != "" {
		end = "\nThe whole preview: " + whole + "\n"
	}
	p := &page{room: limit - reserved - len(end)}
	p.add(marker(v.stack) + "### " + v.line() + "\n")

	if lost := v.lost(); len(lost) > 0 {
		p.add("\n> [!CAUTION]\n> The data in these resources would be lost:\n")
		var items []string
		for _, c := range lost {
			items = append(items, fmt.Sprintf("> - %s %s\n", c.kind, code(c.resource, longestName)))
		}
		p.list(items)
	}
	p.add(fmt.Sprintf("\nResidency: %s. Guardrails: %s. Exceptions: %s. Placement: %s.\n",
		v.tally("broken", diagnostic.Residency), v.tally("broken", diagnostic.Guardrail), v.tally("in force", diagnostic.Exception),
		v.tally("with a nearer site", diagnostic.Placement, diagnostic.Late)))
	var rules []string
	for _, kind := range slices.Concat(diagnostic.Errors, diagnostic.Warnings) {
		for _, line := range v.lines[kind] {
			rules = append(rules, "- "+code(line, longestError)+"\n")
		}
	}
	if len(rules) > 0 {
		p.add("\n")
		p.list(rules)
	}
	if len(v.errors) > 0 {
		p.add("\nErrors of the preview:\n\n")
		var items []string
		for _, message := range v.errors {
			items = append(items, block(message))
		}
		p.list(items)
	}
	if len(v.changes) > 0 {
		p.add("\n| change | resource | properties that differ |\n|---|---|---|\n")
		var items []string
		for _, c := range v.changes {
			differ := ""
			if len(c.properties) > 0 {
				differ = code(strings.Join(c.properties, ", "), longestList)
			}
			items = append(items, fmt.Sprintf("| %s | %s | %s |\n", c.kind, code(c.resource, longestName), differ))
		}
		p.list(items)
	}
	return p.String() + end
}

// line returns the verdict in one line.
func (v *verdict) line() string {
	var parts []string
	if v.failed {
		parts = append(parts, "the preview failed")
	}
	if lost := len(v.lost()); lost > 0 {
		parts = append(parts, count(lost, "stateful resource")+" would be lost")
	}
	if broken := v.broken(); broken > 0 {
		parts = append(parts, count(broken, "rule")+" broken")
	}
	if v.drifted() {
		parts = append(parts, "the stack has drifted")
	}
	kinds := map[kind]int{}
	for _, c := range v.changes {
		kinds[c.kind]++
	}
	switch {
	case len(v.changes) > 0:
		if kinds[adoption] > 0 {
			parts = append(parts, count(kinds[adoption], "import"))
		}
		parts = append(parts, strings.Join([]string{
			count(kinds[create], "create"), count(kinds[update], "update"),
			count(kinds[replacement], "replacement"), count(kinds[deletion], "deletion"),
		}, ", "))
	case !v.failed:
		parts = append(parts, "no changes")
	}
	line := v.stack + ": " + strings.Join(parts, "; ")
	if v.alarming() {
		return "STOP: " + line
	}
	return line
}

// count returns a number with a noun, in the plural where it needs one.
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "1 " + noun
	default:
		return fmt.Sprintf("%d %ss", n, noun)
	}
}

// tally returns the number of lines of some kinds, and their state. A preview that failed
// may not have checked them.
func (v *verdict) tally(state string, kinds ...diagnostic.Kind) string {
	lines := 0
	for _, kind := range kinds {
		lines += len(v.lines[kind])
	}
	switch {
	case lines > 0:
		return fmt.Sprintf("%d %s", lines, state)
	case v.failed:
		return "not known"
	default:
		return "none " + state
	}
}

// page is a text of limited length.
type page struct {
	strings.Builder
	room int // in bytes
}

// add adds text, whether there is room for it or not.
func (p *page) add(text string) {
	p.room -= len(text)
	_, _ = p.WriteString(text)
}

// list adds items while there is room, and then the number of items that it leaves out.
func (p *page) list(items []string) {
	for i, item := range items {
		if len(item) > p.room {
			p.add(fmt.Sprintf("\n%d more are left out for lack of room; the whole preview has them.\n", len(items)-i))
			return
		}
		p.add(item)
	}
}

// code renders text as code, so that nothing in it is Markdown, HTML or a mention of a user:
// anybody can open a pull request with a preview.
func code(text string, longest int) string {
	return "`" + strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case r == '|': // would end a cell of a table
			return '¦'
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, cut(text, longest)) + "`"
}

// block renders text of several lines as a block of code.
func block(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, cut(text, longestError))
	// No line of the text may end the block.
	return "```text\n" + strings.ReplaceAll(text, "```", "'''") + "\n```\n"
}

// cut shortens text to a number of characters.
func cut(text string, longest int) string {
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + " …"
	}
	return text
}
