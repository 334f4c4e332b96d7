package plain

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// Choice is one of several answers. It may be given by its number, its value or its name.
type Choice struct {
	Value string // what it stands for
	Name  string // what it is called; "": like its value
	About string // more about it, or ""
}

// List prints choices, each with its number.
func (c *Prompt) List(choices []Choice) {
	for i, ch := range choices {
		line := c.T("plain.choice", "Number", strconv.Itoa(i+1), "Name", ch.name())
		if ch.About != "" {
			line = c.T("plain.choice-about", "Number", strconv.Itoa(i+1), "Name", ch.name(), "About", ch.About)
		}
		c.Say(line)
	}
}

func (ch Choice) name() string {
	if ch.Name == "" {
		return ch.Value
	}
	return ch.Name
}

// pick is the value that an answer stands for: a value itself, a name, or a number. An answer that is none of them is returned as
// it is, for those who say what is wrong with it.
func pick(choices []Choice, answer string) string {
	for _, ch := range choices {
		if strings.EqualFold(ch.Value, answer) || strings.EqualFold(ch.Name, answer) {
			return ch.Value
		}
	}
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(choices) {
		return choices[n-1].Value
	}
	return answer
}

// begun is the value whose word or name the answer is the beginning of, if there is only one, and otherwise the answer.
func begun(choices []Choice, answer string) string {
	var found []string
	for _, ch := range choices {
		small := strings.ToLower(answer)
		if strings.HasPrefix(strings.ToLower(ch.Value), small) || strings.HasPrefix(strings.ToLower(ch.Name), small) {
			found = append(found, ch.Value)
		}
	}
	if len(found) != 1 || answer == "" {
		return answer
	}
	return found[0]
}

// pickAll is pick for each item of a list with commas.
func pickAll(choices []Choice, answer string) string {
	items := strings.Split(answer, ",")
	for i, item := range items {
		items[i] = pick(choices, strings.TrimSpace(item))
	}
	return strings.Join(items, ",")
}

// Choose asks until the answer is one of the choices, or one of the words. Help tells the choices, unless it is one of the words. Enter takes the default, if there is one.
func (c *Prompt) Choose(ctx context.Context, question string, choices []Choice, otherwise string, words ...Word) (string, error) {
	for {
		answer, err := c.Ask(ctx, question)
		if err != nil {
			return "", err
		}
		folded := fold(answer)
		if folded == "" && otherwise != "" {
			return otherwise, nil
		}
		for _, w := range words {
			if c.Is(w, folded) {
				return string(w), nil
			}
		}
		if c.Is(Help, folded) {
			c.List(choices)
			continue
		}
		picked := pick(choices, folded)
		if picked == folded {
			picked = begun(choices, folded)
		}
		if slices.ContainsFunc(choices, func(ch Choice) bool { return ch.Value == picked }) {
			return picked, nil
		}
		c.Say(c.T("plain.no-choice", "Value", answer, "Count", len(choices)))
	}
}
