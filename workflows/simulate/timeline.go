package simulate

// timeline is what a device does, step by step.
func (p Plan) timeline(d Device) []Step {
	_ = d
	return nil
}
