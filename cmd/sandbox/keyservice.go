package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"
)

// keyOf returns the KMS key that encrypts the secrets of a stack's state, as on AWS.
func keyOf(stack string) string {
	return "awskms://alias/pulumi-secrets-" + stack + "?region=us-east-1"
}

// serveKeys serves the KMS API to the Pulumi CLI until the process ends, and returns the
// environment that makes the CLI use it. Deriving a key from a passphrase instead would take
// half the time of a short command.
func serveKeys() ([]string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	// The key need not be secret: it protects no real data.
	key := sha256.Sum256([]byte("sandbox"))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	sealer, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: keyService{sealer}, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	return []string{
		"AWS_ENDPOINT_URL_KMS=http://" + listener.Addr().String(),
		"AWS_ACCESS_KEY_ID=sandbox",
		"AWS_SECRET_ACCESS_KEY=sandbox",
	}, nil
}

// keyService implements the KMS operations that Pulumi calls.
type keyService struct{ sealer cipher.AEAD }

func (k keyService) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	var in, out struct {
		KeyID                     string `json:"KeyId,omitempty"`
		Plaintext, CiphertextBlob []byte `json:",omitempty"`
	}
	err := json.NewDecoder(request.Body).Decode(&in)
	if err == nil {
		out.KeyID = in.KeyID
		switch request.Header.Get("X-Amz-Target") {
		case "TrentService.Encrypt":
			out.CiphertextBlob = k.sealer.Seal(nil, nil, in.Plaintext, nil)
		case "TrentService.Decrypt":
			out.Plaintext, err = k.sealer.Open(nil, nil, in.CiphertextBlob, nil)
		default:
			err = fmt.Errorf("the sandbox does not model the operation %q; allowed: Encrypt, Decrypt", request.Header.Get("X-Amz-Target"))
		}
	}
	if err != nil {
		http.Error(w, fmt.Sprintf(`{"__type":"InvalidCiphertextException","message":%q}`, err), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(out)
}
