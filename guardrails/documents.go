package guardrails

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
)

// jsonDocument returns the object or list in a JSON text; nil if the text is neither, or if an object
// in it has a field twice, since programs differ in which of them counts.
func jsonDocument(text string) (value any) {
	if json.Unmarshal([]byte(text), &value) != nil || repeatedField(json.NewDecoder(strings.NewReader(text))) != "" {
		return nil
	}
	switch value.(type) {
	case map[string]any, []any:
		return value
	default:
		return nil
	}
}

// repeatedField returns a field that an object in a valid JSON text has twice, whatever the case of
// its letters. It is empty if there is none.
func repeatedField(d *json.Decoder) (field string) {
	token, _ := d.Token()
	opening, isDelim := token.(json.Delim)
	if !isDelim {
		return ""
	}
	seen := map[string]bool{}
	for d.More() {
		if opening == '{' {
			name, _ := d.Token()
			key := strings.ToLower(text(name))
			if seen[key] {
				field = text(name)
			}
			seen[key] = true
		}
		field = cmp.Or(repeatedField(d), field)
	}
	_, _ = d.Token() // the closing bracket
	return field
}

// ownImage matches a container image in a registry of Amazon ECR; its submatches are account and region.
var ownImage = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/[a-z0-9][a-z0-9._/-]*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$`)

// isOwnImage reports whether a text names a container image in the registry of the site's account and region.
func (g *Guard) isOwnImage(text string) bool {
	match := ownImage.FindStringSubmatch(text)
	return match != nil && match[2] == g.site.Region && (match[1] == g.account || g.account == "")
}
