package simulate

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"fleetlab/workflows/fleet"
)

// artifact is firmware that a job document tells a device to fetch.
type artifact struct {
	url    string
	sha256 string // in hexadecimal; empty: the document has none to compare with
}

// artifacts finds the firmware in a job document. Documents of other kinds than ours have none.
func artifacts(document string) []artifact {
	d, err := fleet.ReadDelivered(document)
	if err != nil { // a custom document may be any JSON
		return nil
	}
	var out []artifact
	for _, name := range slices.Sorted(maps.Keys(d.OTA.Packages)) {
		if p := d.OTA.Packages[name]; p.Artifact.URL != "" {
			out = append(out, artifact{url: p.Artifact.URL, sha256: p.Attributes[fleet.AttrSHA256]})
		}
	}
	return out
}

// Times and attempts of a download. A server that sends nothing for that long is given up.
const (
	stallTime        = 60 * time.Second
	downloadAttempts = 3
	attemptPause     = time.Second
)

var (
	errStalled     = errors.New("nothing arrived for a minute")
	errInterrupted = errors.New("interrupted as planned")
	errNoURL       = errors.New("the job document has no proper URL of the firmware")
)

// statusError is an answer other than 200.
type statusError struct {
	status string
	code   int
}

func (e *statusError) Error() string { return "the server answered " + e.status }

// expired tells whether S3 does not or no longer take the presigned URL: 403 when its time is over, 400 when that of the
// credentials behind it is (S3 user guide, presigned URLs; error responses, ExpiredToken).
func (e *statusError) expired() bool {
	return e.code == http.StatusForbidden || e.code == http.StatusUnauthorized || e.code == http.StatusBadRequest
}

// passing tells whether the same request may do better a moment later.
func (e *statusError) passing() bool {
	return e.code >= http.StatusInternalServerError || e.code == http.StatusTooManyRequests
}

func refusal(res *http.Response) error {
	if res.StatusCode == http.StatusOK {
		return nil
	}
	return &statusError{res.Status, res.StatusCode}
}

// again tells whether a download that ended with err is tried again.
func again(err error) bool {
	var s *statusError
	if errors.As(err, &s) {
		return s.passing()
	}
	return err != nil && !errors.Is(err, errInterrupted) && !errors.Is(err, errNoURL)
}

// buffers keep a download's memory the same whatever its size.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// fetch downloads what a URL points at, or about half of it, and returns how many bytes came. Nothing is kept but the
// digest in h. Failures of the network or the server are tried again.
func fetch(ctx context.Context, client *http.Client, from string, part fraction, h hash.Hash) (int64, error) {
	for attempt := 1; ; attempt++ {
		h.Reset()
		n, err := fetchOnce(ctx, client, from, part, h)
		if !again(err) || ctx.Err() != nil || attempt == downloadAttempts {
			return n, err
		}
		if err := fleet.Pause(ctx, attemptPause); err != nil {
			return n, err
		}
	}
}

func fetchOnce(ctx context.Context, client *http.Client, from string, part fraction, h hash.Hash) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stallTime, func() { cancel(errStalled) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return 0, errNoURL
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, cause(ctx, err)
	}
	defer res.Body.Close()
	if err := refusal(res); err != nil {
		return 0, err
	}
	limit := res.ContentLength / 2
	if part == whole {
		limit = -1
	}
	n, err := drain(res.Body, h, limit, func() { watch.Reset(stallTime) })
	if err != nil {
		return n, cause(ctx, err)
	}
	if part == half {
		return n, errInterrupted
	}
	if res.ContentLength >= 0 && n != res.ContentLength {
		return n, fmt.Errorf("only %d of %d bytes arrived", n, res.ContentLength)
	}
	return n, nil
}

// drain reads from r into h until the end, or until limit bytes if that is not negative. alive is told of every piece.
func drain(r io.Reader, h hash.Hash, limit int64, alive func()) (int64, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var total int64
	for {
		piece := *buf
		if limit >= 0 {
			piece = piece[:min(int64(len(piece)), limit-total)]
		}
		if len(piece) == 0 {
			return total, nil
		}
		n, err := r.Read(piece)
		h.Write(piece[:n]) // never fails
		total += int64(n)
		if n > 0 {
			alive()
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

// cause is why a download failed, without its URL: whoever has that has the firmware.
func cause(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errStalled) {
		return errStalled
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// matches tells whether h is the digest that the job document gives. A document that gives none cannot be checked.
func (a artifact) matches(h hash.Hash) bool {
	return a.sha256 == "" || strings.EqualFold(a.sha256, hex.EncodeToString(h.Sum(nil)))
}
