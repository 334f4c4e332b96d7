package s3

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"
)

// chunkSize is how many bytes of a content are stored, and held in memory, at a time.
const chunkSize = 256 << 10

// maxBody is the largest content of one request: S3's own limit for one PUT (S3 user guide, uploading objects).
const maxBody = 5 << 30

// content is stored bytes that no object refers to yet. Until keep, the last piece is in memory only, so that
// a small object takes one transaction.
type content struct {
	id   int64
	size int64
	etag string // MD5 in hex
	tail []byte
}

func newBodyID() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return int64(binary.BigEndian.Uint64(b[:])>>2) + 1
}

// stage reads r, which must hold size bytes, and stores all of it but the last piece.
func (b *backend) stage(r io.Reader, size int64) (*content, error) {
	c := &content{id: newBodyID()}
	err := b.read(c, r, size)
	if err == nil && c.size != size {
		err = fail("IncompleteBody", "")
	}
	if err != nil {
		return nil, b.discarded(c, err)
	}
	return c, nil
}

func (b *backend) read(c *content, r io.Reader, size int64) error {
	sum, buf := md5.New(), make([]byte, min(chunkSize, size+1)) // one more, to see the end at once
	for {
		n, err := io.ReadFull(r, buf)
		sum.Write(buf[:n])
		if c.size += int64(n); c.size > maxBody {
			return fail("EntityTooLarge", "")
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			c.tail, c.etag = buf[:n], hex.EncodeToString(sum.Sum(nil))
			return nil
		}
		if err != nil {
			return readFault(err)
		}
		if err := b.st.Update(func(tx *store.Tx) error { return putChunk(tx, c.id, c.size-int64(n), buf) }); err != nil {
			return err
		}
	}
}

// readFault is what a body that cannot be read is answered with: a fault of the body's contents as it is,
// anything else as a caller that stopped sending.
func readFault(err error) error {
	var known *apiError
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, wire.ErrChunkSignature):
		return fail("SignatureDoesNotMatch", "")
	case errors.Is(err, wire.ErrBodyHash):
		return fail("XAmzContentSHA256Mismatch", "")
	default:
		return fail("IncompleteBody", "")
	}
}

// keep stores what is still in memory; afterwards the content is complete.
func (c *content) keep(tx *store.Tx) error {
	if len(c.tail) == 0 {
		return nil
	}
	return putChunk(tx, c.id, c.size-int64(len(c.tail)), c.tail)
}

// discard removes what stage stored of a content that is not wanted after all.
func (b *backend) discard(c *content) error {
	if c.size < chunkSize {
		return nil
	}
	return b.st.Update(func(tx *store.Tx) error { return dropBody(tx, c.id) })
}

func putChunk(tx *store.Tx, body, offset int64, data []byte) error {
	_, err := tx.Exec("INSERT INTO chunks(body,offset,data) VALUES(?,?,?)", body, offset, data)
	return err
}

func dropBody(tx *store.Tx, body int64) error {
	_, err := tx.Exec("DELETE FROM chunks WHERE body=?", body)
	return err
}

// Sweep removes pieces of uploads that were cut off when a sandbox was killed. Call it before serving.
func Sweep(st *store.Store) error {
	err := st.Update(func(tx *store.Tx) error {
		_, err := tx.Exec("DELETE FROM chunks WHERE body NOT IN (SELECT body FROM objects UNION SELECT body FROM upload_parts)")
		return err
	})
	if err != nil {
		return fmt.Errorf("remove unfinished uploads: %w", err)
	}
	return nil
}

// bodyReader reads a stored content one piece at a time and holds no transaction in between, so that slow
// readers do not keep others waiting. It is not safe for concurrent use. Close it.
type bodyReader struct {
	*backend
	body   int64
	size   int64
	pos    int64
	piece  []byte
	start  int64 // offset of piece
	pinned bool
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (int, error) {
	if r.pos >= r.size {
		return 0, io.EOF
	}
	if r.pos < r.start || r.pos >= r.start+int64(len(r.piece)) {
		if err := r.load(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.piece[r.pos-r.start:])
	r.pos += int64(n)
	return n, nil
}

// open makes the reader one of o's content; see backend.reading. Its first piece is read here and now, and if it has more,
// it stays until Close, whatever becomes of the object.
func (r *bodyReader) open(tx *store.Tx, o *object) error {
	r.body, r.size = o.body, o.size
	if o.size == 0 {
		return nil
	}
	if err := r.readPiece(tx); err != nil || int64(len(r.piece)) == o.size {
		return err
	}
	r.pinned = true
	r.readers.pin(o.body)
	return nil
}

// Close ends the reading.
func (r *bodyReader) Close() {
	if !r.pinned {
		return
	}
	r.pinned = false
	if !r.readers.unpin(r.body) {
		return
	}
	if err := r.dropAll([]int64{r.body}, nil); err != nil { // Sweep finds it when the sandbox starts again
		slog.Error("the sandbox could not remove a content that was read while its object went", "err", err)
	}
}

func (r *bodyReader) load() error { return r.st.View(r.readPiece) }

// readPiece reads the piece that holds the position.
func (r *bodyReader) readPiece(tx *store.Tx) error {
	err := tx.Row("SELECT offset,data FROM chunks WHERE body=? AND offset<=? ORDER BY offset DESC LIMIT 1",
		[]any{r.body, r.pos}, &r.start, &r.piece)
	if errors.Is(err, store.ErrNoRow) || err == nil && r.pos >= r.start+int64(len(r.piece)) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// Seek implements io.Seeker.
func (r *bodyReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d: before the start of the content", offset)
	}
	r.pos = offset
	return offset, nil
}
