package cli

import "fmt"

// dollars is an amount of US dollars; amounts under a cent are told as that.
func dollars(usd float64) string {
	if usd > 0 && usd < 0.01 {
		return "< $0.01"
	}
	return fmt.Sprintf("$%.2f", usd)
}
