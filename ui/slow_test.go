package ui

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/smithy-go/middleware"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/internal/uitest"
)

// silent is a service that answers nobody until it is told to.
type silent chan struct{}

// Do implements aws.HTTPClient.
func (s silent) Do(r *http.Request) (*http.Response, error) {
	select {
	case <-s:
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

// The frame says that a service does not answer long before a call is given up, and no longer than that lasts.
func TestFrameSaysThatCallsAreNotAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := connectModel(t, uitest.Printer(t, "en"), 80, 24)
		pacer, service := pace.New(pace.Config{}), make(silent)
		m.Update(connectedMsg{cloud: &cloud.Cloud{Kind: cloud.Sandbox, Pace: pacer}})
		client := iot.New(iot.Options{Region: "us-east-1", HTTPClient: service, Credentials: aws.AnonymousCredentials{}, APIOptions: []func(*middleware.Stack) error{pacer.AddTo}})
		done := make(chan error)
		go func() {
			_, err := client.CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String("V-1")})
			done <- err
		}()
		synctest.Wait()
		if _, cmd := m.Update(tea.WindowSizeMsg{Width: 80, Height: 24}); cmd == nil || !m.ticking {
			t.Error("the frame is not drawn again while a call is under way")
		}
		time.Sleep(7 * time.Second)
		const words = "slow: 1 call unanswered for 7 s"
		if view := m.View(); !strings.Contains(view, words) {
			t.Errorf("the frame does not say %q:\n%s", words, view)
		}
		close(service)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if view := m.View(); strings.Contains(view, "slow") {
			t.Errorf("the frame still says that it is slow:\n%s", view)
		}
	})
}
