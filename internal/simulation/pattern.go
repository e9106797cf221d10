package simulation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

var patternPart = regexp.MustCompile(`\$?\{(\w+?)(\d*)\}`)

// render replaces the parts of a pattern. The result is the same each time for the same
// resource. A part such as {_name} is omitted if the resource has no such property; ${name}
// is left as it is.
func (r *Resource) render(name, pattern string) string {
	return patternPart.ReplaceAllStringFunc(pattern, func(part string) string {
		if part[0] == '$' {
			return part
		}
		match := patternPart.FindStringSubmatch(part)
		var length int
		_, _ = fmt.Sscan(match[2], &length)
		switch match[1] {
		case "id":
			return r.ID
		case "region":
			return r.Region
		case "account":
			return r.account
		case "hex":
			return r.random(name, length, "0123456789abcdef")
		case "upper":
			return r.random(name, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
		case "lower":
			return r.random(name, length, "abcdefghijklmnopqrstuvwxyz0123456789")
		case "digits":
			return r.random(name, length, "123456789")
		case "attempt":
			return strconv.Itoa(r.attempt)
		case "uuid":
			h := r.random(name, 32, "0123456789abcdef")
			return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
		}
		if property, optional := strings.CutPrefix(match[1]+match[2], "_"); optional {
			return strings.TrimSuffix("_"+text(r.Properties, property), "_")
		}
		if property, path := strings.CutPrefix(match[1]+match[2], "path_"); path {
			return afterSlash(text(r.Properties, property))
		}
		return fmt.Sprint(r.Properties[match[1]+match[2]])
	})
}

// kept returns an output that AWS sets to first, and changes later. A refresh or an import
// must not report the change as an input.
func kept(property string, first any) func(r *Resource) any {
	return func(r *Resource) any {
		if now, has := r.Properties[property]; has {
			return now
		}
		return first
	}
}

// random returns length characters of the alphabet, which depend only on the resource's seed
// and the purpose.
func (r *Resource) random(purpose string, length int, alphabet string) string {
	sum := sha256.Sum256([]byte(r.Seed + "|" + purpose))
	number, base, digit := new(big.Int).SetBytes(sum[:]), big.NewInt(int64(len(alphabet))), new(big.Int)
	text := make([]byte, length)
	for i := range text {
		if number.Sign() == 0 {
			sum = sha256.Sum256(sum[:])
			number.SetBytes(sum[:])
		}
		number.DivMod(number, base, digit)
		text[i] = alphabet[digit.Int64()]
	}
	return string(text)
}

// newSeed returns the nth seed for resources of this type, region and name.
func newSeed(token, region, name string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d", token, region, name, n))
	return hex.EncodeToString(sum[:8])
}
