package packages

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fleetlab/aws/sandbox/store"
)

// tokenLife is how long a client token is remembered, on the sandbox's clock. AWS does not say how long it does.
const tokenLife = 24 * time.Hour

// once runs fn in a transaction unless the token was used before with the same request; then out becomes the
// answer of that time. The SDKs send a token of their own with each call, so that a retry after a lost answer
// does no harm. A token that is used again for another request is refused; AWS's error for that is not known.
func (h *handlers) once(operation string, token *string, in, out any, fn func(*store.Tx) error) error {
	if token == nil || *token == "" {
		return h.r.Store.Update(fn)
	}
	request, err := digest(in)
	if err != nil {
		return err
	}
	return h.r.Store.Update(func(tx *store.Tx) error {
		var before, answer string
		const q = "SELECT request, answer FROM client_tokens WHERE operation=? AND token=?"
		err := tx.Row(q, []any{operation, *token}, &before, &answer)
		switch {
		case errors.Is(err, store.ErrNoRow):
			if err := fn(tx); err != nil {
				return err
			}
			return h.remember(tx, operation, *token, request, out)
		case err != nil:
			return err
		case before != request:
			return invalid("The client token %s was used for another request. Use a new one", *token)
		}
		if err := json.Unmarshal([]byte(answer), out); err != nil {
			return fmt.Errorf("read the answer to client token %s: %w", *token, err)
		}
		return nil
	})
}

func (h *handlers) remember(tx *store.Tx, operation, token, request string, out any) error {
	answer, err := json.Marshal(out)
	if err != nil {
		return err
	}
	now := h.r.Now()
	if _, err := tx.Exec("DELETE FROM client_tokens WHERE given_at<?", store.Millis(now.Add(-tokenLife))); err != nil {
		return err
	}
	const q = "INSERT INTO client_tokens(operation,token,request,answer,given_at) VALUES(?,?,?,?,?)"
	_, err = tx.Exec(q, operation, token, request, string(answer), store.Millis(now))
	return err
}

func digest(in any) (string, error) {
	b, err := json.Marshal(in)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), err
}
