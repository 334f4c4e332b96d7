package wire

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"fleetlab/aws/sandbox/model"
)

// checks are what the model demands of a value, beyond its type.
type checks struct {
	min, max  *float64
	pattern   string
	re        *regexp.Regexp
	enum      []string
	sensitive bool
}

func newChecks(s *model.Shape) *checks {
	c := &checks{min: s.Min, max: s.Max, enum: s.Enum, sensitive: s.Sensitive}
	if s.Pattern != "" {
		c.pattern, c.re = s.Pattern, compilePattern(s.Pattern)
	}
	return c
}

// javaClasses are the parts of the models' patterns that Go's regexp writes in another way.
var javaClasses = strings.NewReplacer(
	`\p{Upper}`, `A-Z`, `\p{Digit}`, `0-9`, `\p{Graph}`, `!-~`,
)

var javaRune = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

var (
	patterns   = map[string]*regexp.Regexp{} // few, and used by many members
	patternsMu sync.Mutex
)

// compilePattern translates a pattern of the model, which the whole value must match.
func compilePattern(p string) *regexp.Regexp {
	patternsMu.Lock()
	defer patternsMu.Unlock()
	if re := patterns[p]; re != nil {
		return re
	}
	re := regexp.MustCompile(`\A(?:` + javaRune.ReplaceAllString(javaClasses.Replace(p), `\x{$1}`) + `)\z`)
	patterns[p] = re
	return re
}

// broken notes a constraint that the value at the current path breaks. The words are AWS's.
func (d *decoding) broken(value string, sensitive bool, constraint string) {
	at := fmt.Sprintf("Value %s at '%s'", value, d.where())
	if sensitive {
		at = "Value at '" + d.where() + "'"
	}
	d.problems = append(d.problems, at+" failed to satisfy constraint: "+constraint)
}

// maxProblems ends the validation of long lists.
const maxProblems = 20

func (d *decoding) failed() bool { return d.malformed != "" || len(d.problems) >= maxProblems }

func (c *checks) string(d *decoding, s string) {
	if c.min != nil || c.max != nil {
		n := float64(utf8.RuneCountInString(s))
		if c.min != nil && n < *c.min {
			d.broken(echo(s), c.sensitive, "Member must have length greater than or equal to "+limit(c.min))
		}
		if c.max != nil && n > *c.max {
			d.broken(echo(s), c.sensitive, "Member must have length less than or equal to "+limit(c.max))
			return // a pattern would be matched against too much
		}
	}
	if c.re != nil && !c.re.MatchString(s) {
		d.broken(echo(s), c.sensitive, "Member must satisfy regular expression pattern: "+c.pattern)
	}
	if c.enum != nil && !slices.Contains(c.enum, s) {
		d.broken(echo(s), c.sensitive, "Member must satisfy enum value set: ["+strings.Join(c.enum, ", ")+"]")
	}
}

func (c *checks) number(d *decoding, n float64, as string) {
	if c.min != nil && n < *c.min {
		d.broken(echo(as), c.sensitive, "Member must have value greater than or equal to "+limit(c.min))
	}
	if c.max != nil && n > *c.max {
		d.broken(echo(as), c.sensitive, "Member must have value less than or equal to "+limit(c.max))
	}
}

// size checks how many elements or bytes a value has; kind stands for the value itself in the message.
func (c *checks) size(d *decoding, n int, kind string) {
	as := fmt.Sprintf("'%s of %d'", kind, n)
	if c.min != nil && float64(n) < *c.min {
		d.broken(as, c.sensitive, "Member must have length greater than or equal to "+limit(c.min))
	}
	if c.max != nil && float64(n) > *c.max {
		d.broken(as, c.sensitive, "Member must have length less than or equal to "+limit(c.max))
	}
}

func echo(s string) string { return "'" + abridged(s) + "'" }

func limit(f *float64) string { return strconv.FormatFloat(*f, 'f', -1, 64) }

// verdict is the error for what decoding found, or nil.
func (d *decoding) verdict(op *operation) error {
	if d.malformed != "" {
		return op.invalid.saying("The request could not be read: " + d.malformed + ".")
	}
	n := len(d.problems)
	if n == 0 {
		return nil
	}
	noun := " validation error detected: "
	if n > 1 {
		noun = " validation errors detected: "
	}
	return op.invalid.saying(strconv.Itoa(n) + noun + strings.Join(d.problems, "; "))
}
