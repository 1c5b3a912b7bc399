package paytime

// NegativeExperts says, by group, whether an expert has a negative coefficient.
func (m *Model) NegativeExperts() (negative [Groups]bool) {
	for g := range Groups {
		for _, at := range recordFeatures {
			negative[g] = negative[g] || m.Second[g].Feature[at] < 0
		}
	}
	return negative
}
