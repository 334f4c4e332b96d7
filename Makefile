.DEFAULT_GOAL := help
.PHONY: help run sandbox test race golden e2e demo fuzz lint bench ci

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the app on the embedded sandbox
	go run .

sandbox: ## the sandbox alone, for the AWS CLI and boto3
	go run . sandbox

test: ## all tests
	go test ./...

race: ## all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race ./...

golden: ## write the expected screens and reports, and the tables of docs/sandbox.md anew; read the diff before you commit it
	go test ./aws/sandbox ./workflows/report -run 'Page|Golden' -update
	go test $$(go list -f "{{if .TestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}" ./ui/... | while read -r p d; do [ -d "$$d/testdata" ] && echo "$$p"; done) -update

e2e: ## the real program in tmux, or in a pseudo-terminal where there is no tmux
	go test ./ui/cli -run E2E -count=1 -v

demo: ## take the README's pictures anew from the real program (needs tmux); look at them before you commit them
	go test ./ui/cli -run Demo -count=1 -demo

fuzz: ## each fuzz target for half a minute
	@go list -f '{{.Dir}}' ./... | while read -r d; do \
		grep -ho 'func Fuzz[A-Za-z0-9]*' "$$d"/*_test.go 2>/dev/null | sed 's/func //' | while read -r f; do \
			(cd "$$d" && go test -run '^$$' -fuzz "^$$f$$" -fuzztime 30s .) || exit 1; done; done

lint: ## formatting, vet, staticcheck
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

bench: ## benchmarks
	go test ./... -run '^$$' -bench . -benchtime 1s

ci: ## what decides whether a change may land
	.ci/run
