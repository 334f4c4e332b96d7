package fleet

import (
	"slices"
	"strconv"
	"strings"
)

// Continents are numbered from 1 in this order; their names are the catalogue's, by these ids.
var Continents = []string{"north-america", "south-america", "europe", "asia", "africa", "oceania", "antarctica"}

// countries holds each continent's ISO 3166-1 alpha-2 codes in the order in which they are taken.
var countries = [][]string{
	strings.Fields("US CA MX GT BZ SV HN NI CR PA CU JM HT DO BS BB TT GD VC LC AG KN DM"),
	strings.Fields("BR AR CL CO PE VE EC BO PY UY GY SR GF"),
	strings.Fields("DE FR GB IT ES NL BE AT CH PT GR SE NO DK FI IE PL CZ HU SK SI HR BA RS ME MK AL BG RO MD UA BY LT LV EE RU IS MT CY LU LI AD MC SM VA"),
	strings.Fields("CN JP IN KR SG TH VN MY ID PH MM KH LA BN TL MN KZ UZ TM TJ KG AF PK BD LK MV BT NP IR IQ SY LB JO IL PS SA YE OM AE QA BH KW TR GE AM AZ"),
	strings.Fields("ZA NG EG KE MA DZ TN LY SD SS ET ER DJ SO UG TZ RW BI CD CG CF CM TD NE ML BF CI GH TG BJ SN GM GW GN SL LR MR CV ST GQ GA AO NA BW ZW ZM MW MZ SZ LS MG MU SC KM"),
	strings.Fields("AU NZ FJ PG SB VU NC PF WS TO KI TV NR PW FM MH GU AS MP CK NU TK"),
	strings.Fields("AQ"),
}

// Countries lists a continent's country codes; continent counts from 1.
func Countries(continent int) []string { return slices.Clone(countries[continent-1]) }

// AllCountries lists every code.
func AllCountries() []string { return slices.Concat(countries...) }

// DefaultCountries is how many countries a continent's fleet drives in unless told otherwise.
func DefaultCountries(continent int) int {
	if continent == 1 {
		return 3
	}
	return min(2, len(countries[continent-1]))
}

// ParseCountries reads a number of countries of a continent, or codes of it in any case.
func ParseCountries(field, text string, continent int) ([]string, error) {
	all := countries[continent-1]
	trimmed := strings.TrimSpace(text)
	if trimmed != "" && !strings.ContainsFunc(trimmed, func(r rune) bool { return !strings.ContainsRune("0123456789-+", r) }) {
		n, err := Number(field, text, 1, int64(len(all)))
		if err != nil {
			return nil, err
		}
		return slices.Clone(all[:n]), nil
	}
	return List(field, strings.ToUpper(text), len(all), func(item string) *FieldError {
		if !slices.Contains(all, item) {
			return Refuse(field, text, NoSuch, "item", item, "choices", some(all))
		}
		return nil
	})
}

// some names a few choices, so that an error stays one line.
func some(all []string) string {
	const few = 8
	if len(all) <= few {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:few], ", ") + ", … (" + strconv.Itoa(len(all)) + ")"
}
