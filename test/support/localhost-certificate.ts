/**
 * A certificate for localhost that signs itself, and its key: known to everyone, and good for nothing but servers on
 * loopback that live as long as a test. It lasts until 2125.
 */
export const localhostKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNVQ80vR+PKWYXAYC
g/EkwImeySdEdkhiqtyHiPVuGq2hRANCAATVP9S6YmivjBuNZPv0++IE+Z7pvjW4
NWsil1vDgP32EXqM8LdJrExaD562DNJGBCsZDSNJ8t7h5YhdLu5DG2TI
-----END PRIVATE KEY-----`;

export const localhostCertificate = `-----BEGIN CERTIFICATE-----
MIIBZzCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyNTEyMzEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNU/1LpiaK+MG41k
+/T74gT5num+Nbg1ayKXW8OA/fYReozwt0msTFoPnrYM0kYEKxkNI0ny3uHliF0u
7kMbZMijTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
BTADAQH/MB0GA1UdDgQWBBQTkCKjzraJA+MO0bNw4ayiOUXodzAKBggqhkjOPQQD
AgNIADBFAiEA/M0awfGdTNWzwedoISM1hcdzRNfUp5qTaJzqB0+Gpx8CIFc54mEh
diw7L5SRsS9pvTzWryBeALEWYhNureXfbN0B
-----END CERTIFICATE-----`;
