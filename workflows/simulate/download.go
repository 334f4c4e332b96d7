package simulate

import (
	"context"
	"crypto/sha256"
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
	errStalled = errors.New("nothing arrived for a minute")
	errNoURL   = errors.New("the job document has no proper URL of the firmware")
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
	if res.StatusCode == http.StatusOK || res.StatusCode == http.StatusPartialContent {
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
	return err != nil && !errors.Is(err, errNoURL)
}

// buffers keep a download's memory the same whatever its size.
var buffers = sync.Pool{New: func() any { b := make([]byte, 64<<10); return &b }}

// download is how much of the firmware a device has. Nothing is kept of it but the digest.
type download struct {
	found []artifact
	index int       // the one it is at
	sum   hash.Hash // of what has come of that one
	got   int64     // bytes of it
	bytes int64     // of all
}

// transfer fetches firmware until so many per cent of it are there; a started download is continued where it stopped. Its
// ending has a reason if that failed.
func (s *session) transfer(ctx context.Context, percent int) ending {
	d := &s.download
	for n := len(d.found); d.index < n; {
		part := min(max(percent*n-100*d.index, 0), 100)
		if part == 0 {
			return ending{}
		}
		if d.sum == nil {
			d.sum = sha256.New()
		}
		if err := s.fetch(ctx, part); err != nil {
			return ending{reason: DownloadFailed, class: "download", err: fmt.Errorf("download the firmware of %s: %w", s.device.Thing, err)}
		}
		if part < 100 {
			return ending{}
		}
		if a := d.found[d.index]; !a.matches(d.sum) {
			return ending{reason: ChecksumMismatch, class: "checksum",
				err: fmt.Errorf("the firmware has SHA-256 %x, the job document says %s", d.sum.Sum(nil), a.sha256)}
		}
		d.index, d.got, d.sum = d.index+1, 0, nil
	}
	return ending{}
}

// fetch fetches a part of the artifact that the device is at. A URL that has expired since the document was delivered is
// fetched anew, once. Failures of the network or the server are tried again.
func (s *session) fetch(ctx context.Context, percent int) error {
	d := &s.download
	renewed := false
	for attempt := 1; ; attempt++ {
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := s.cloud.Patiently(ctx, "download", func() error {
			n, err := d.piece(ctx, s.cloud.Download, percent)
			s.ledger.fetched(n, 0)
			return err
		})
		<-s.slots
		var answer *statusError
		switch {
		case errors.As(err, &answer) && answer.expired() && !renewed:
			renewed = true
			if look := s.renew(ctx); look != nil {
				return fmt.Errorf("%w, and no new one could be had: %w", err, look)
			}
			continue
		case !again(err) || ctx.Err() != nil || attempt == downloadAttempts:
			return err
		}
		if err := fleet.Pause(ctx, attemptPause); err != nil {
			return err
		}
	}
}

// renew has the document delivered again, with new URLs.
func (s *session) renew(ctx context.Context) error {
	x, err := s.describe(ctx)
	if err != nil {
		return err
	}
	if fresh := artifacts(x.document); s.download.index < len(fresh) {
		s.download.found[s.download.index] = fresh[s.download.index]
	}
	return nil
}

// piece fetches bytes until so many per cent of the artifact are there, and returns how many came.
func (d *download) piece(ctx context.Context, client *http.Client, percent int) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stallTime, func() { cancel(errStalled) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.found[d.index].url, http.NoBody)
	if err != nil {
		return 0, errNoURL
	}
	if d.got > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", d.got))
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, cause(ctx, err)
	}
	defer res.Body.Close()
	if err := refusal(res); err != nil {
		return 0, err
	}
	alive := func() { watch.Reset(stallTime) }
	if res.StatusCode == http.StatusOK && d.got > 0 { // the server begins anew
		if _, err := drain(res.Body, io.Discard, d.got, alive); err != nil {
			return 0, cause(ctx, err)
		}
	}
	n, err := d.read(res, percent, alive)
	if err != nil {
		return n, cause(ctx, err)
	}
	return n, nil
}

// read reads the part of an answer that is wanted.
func (d *download) read(res *http.Response, percent int, alive func()) (int64, error) {
	size := res.ContentLength
	if size >= 0 && res.StatusCode == http.StatusPartialContent {
		size += d.got
	}
	limit := int64(-1)
	if percent < 100 {
		limit = max(0, size*int64(percent)/100-d.got)
	}
	n, err := drain(res.Body, d.sum, limit, alive)
	d.got += n
	d.bytes += n
	if err == nil && limit < 0 && size >= 0 && d.got != size {
		return n, fmt.Errorf("only %d of %d bytes arrived", d.got, size)
	}
	return n, err
}

// drain reads from r into w until the end, or until limit bytes if that is not negative. alive is told of every piece.
func drain(r io.Reader, w io.Writer, limit int64, alive func()) (int64, error) {
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
		_, _ = w.Write(piece[:n]) // neither a digest nor nothing fails
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
