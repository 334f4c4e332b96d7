package theme

// Kept is something made from a theme once, because making it is slow: brushes, text with its colours. It is made anew when a theme has
// become another one.
type Kept[T any] struct {
	make  func() T
	value T
	at    uint64
}

// Keep makes it for the first time. make reads the theme that its caller was given, again each time.
func Keep[T any](make func() T) Kept[T] {
	return Kept[T]{make: make, value: make(), at: Changes()}
}

// Now is what fits the theme as it is now; it is to be read only, and to be used at once.
func (k *Kept[T]) Now() *T {
	if n := Changes(); n != k.at {
		k.value, k.at = k.make(), n
	}
	return &k.value
}
