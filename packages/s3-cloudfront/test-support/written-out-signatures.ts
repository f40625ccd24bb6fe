/**
 * Signatures that OpenSSL made, so that the expected values do not depend on code of ours or of AWS. For each policy below:
 *
 *     openssl dgst -sha256 -sign rsa.pem policy.json | base64 -w0 | tr '+=/' '-_~'
 *
 * RSA makes the same signature each time; ECDSA makes another one each time, and all of them verify. Both keys are for these
 * tests alone:
 * `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.
 */
export const rsaPem = `-----BEGIN PRIVATE KEY-----
MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQC9FR8Agls3ML93
SzXhvu3dtjMxru1qPFu9XyVwc2V/nOk8+eBe3REALBFzxH7J51ZG9KgJb7G10E0F
e8l2vlytaruWBPjydWdNVPTmBnb3+fC3JQDj+0w2RVgOolFap8A6Awh5ycprQ4si
0kAAjJsLu/FPgCgkiMaQPog4DmCGsmVX+LWka035Xxm2uPmjAtK/UUG92eJ1kQ3b
TSPvG/6p/N9B4aJrYVTdbBfT5r1xRHcnMsRiY1EaDnEFohbPgbXMsq1HMu8rsSL8
v4Uasq5+rTeOipmh3a5jWNNEwuPVe7F8Kh7NMz2C0sVvErwKM8Fu+7sBRNSqUb1Q
Jo3+L7PzAgMBAAECggEAGHYICbUo1G3+XGd4Hq6S79t8qfvFrmMFQe1yLCcG8B2+
NWuPcZZLIb48ZRam3xCKIn8k0fuyKMw8JUPLX2I8c8QwD7YForrk1KXzUg1vYfXi
rz7JQQp8jzTPXIKhNbIn9cP4r7tsRWN6jNRYVU8wq7GdA+TszIp+mEs5V3nSAPq6
wPHN8IR0epbfWl+nCDsepTMNNChz3NLegGxYy6x0EG6sVPzcroln2YGrqAOYi/lm
Q53C40Aw0lwXAsLBZwQJOQ3zfGo707k92PQATXo3mQDUB2A3yhbG5CCw4rnfBaw5
d2cGFwkKgFlvqd6qUsUtPIDVjQlLWuD3QYDVHWiJAQKBgQDvvYFecBOYW8ZzJ7fH
rccEr12rcN65zyr0zmjbAN3Sbr+qysLs5iT+55mnDzL4u/XIGTkirR9j6rgmUcdw
Qs5onSkRP6YZlq0ut2/g52jMGy0SFKDeZNVpkTQNq7rxeMMYQHbH7AkLSMWaCH4b
h3hMpu/JKfD5pfxc3Vt8472OcwKBgQDJ6BHR3YqT0QHR+JXCsb57G6qGK6Lwh63K
SK6AbX7eHH+zWnMIT+Y4GbUtUCS1okvjffnrHF4VOfpy4D9LW9UP25I1bV1hlfMM
T1H1a2JzTlyOWJStoan2KrJqFd97xYJTF6IkzhaDY16fyBloMdNmepXU8FAwrxMI
/ZryuGJkgQKBgAiEGsxX/toyqGH+zzBwo9kuwY0NfVvsWAJKMr9U0IxhEr3mZfY0
VqwXXgXpLE5Znul0u+rXa34JIHF8BjGereZZbtQGBshx6cT3DypWDgryDC/QO8aq
nkoZtlel+gYJ3CRIZe/EGq4j76EBHDmuHj/azjm/G6hClSxXUKCnFlyxAoGAVlex
1yeAbXoB50MA+EN+i7LnF31trqK3BTxTs4QfruhNC+vwKWvRrcgAnKIbMLl47o4e
5BY7faRPn/SZ3KYm1SM2wTZFqsevKmJ5UBReA6VNG2pyGlZ6ElVr+sXjzlBGTTZc
FpUzN3i1LGsrwk0cdEST8n3aLReRclTRgF6tZQECgYAJgOg0N43ATJD7q+Jhwf2Q
ZDz+euvdvaHKi1EAokNZzfoJ7nFGu/8QN1i5eKY6jApZYzksf5HxHZCTx3mhrV+k
sdgTefJo6PbVh32Qdzsbzs/oQU5TUGUq9Zb4Brr7Kd/Eu0cmYkWYcZYw4lRd8ElA
3h5YarCK34BbX+g5yCW+2w==
-----END PRIVATE KEY-----
`;

/** ECDSA P-256. */
export const ecPem = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSacS/r9gFj+NrbrO
BJr1Mvj9UK4mrZRYD9i9VVOutUChRANCAASlc0g2gDb5zYWnP5OH9mDdFKjtIN7I
OAbI3tqT9b2ql5bZYMbI1xJWd1v9eJECIwrTkNNdiK8+Trc/mFV4iLDU
-----END PRIVATE KEY-----
`;

/** A policy, its bytes as CloudFront requires them in a query or cookie, and the signatures of both keys. */
export interface WrittenOutSignature {
  readonly policy: string;
  readonly encoded: string;
  readonly rsa: { readonly SHA1: string; readonly SHA256: string };
  readonly ec: { readonly SHA1: string; readonly SHA256: string };
}

/** Opens a whole film until the first second of 2027. */
export const cannedPolicy: WrittenOutSignature = {
  policy:
    '{"Statement":[{"Resource":"https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/source.mp4","Condition":{"DateLessThan":{"AWS:EpochTime":1798761600}}}]}',
  encoded:
    'eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9jZG4uZXhhbXBsZS5jb20vdmlkZW9zLzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmL3NvdXJjZS5tcDQiLCJDb25kaXRpb24iOnsiRGF0ZUxlc3NUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE3OTg3NjE2MDB9fX1dfQ__',
  rsa: {
    SHA1: 'jXiLnlbnyzVO1rvcecfpRRoPrd4Z35wenqNY8nKW-z1UB5ZP0IOOZMKlzzH0~gFLrNoyX6sIhSnXZsCfOFWkY-rHVak5UhhKPGJl80ltvwooc7D5YXo3Vy7GICe583v4DWJNTONSkzkyXE7C6RnDdPtvoOXI-yDUMoT8c1ysBWsBDCeDvUp8ZS40YKSCWS9ODZIkiY2bFVK1KMp56Ld5GPsG40Bx51XRiHpiDBRi-BLUQ9OqexK3NaoEVULNwGD6oDBJxtRG8faYydoZAIrw5M4cGaSWRkOvVgDROMNXAfdoJmy~6Hdf2Ikvz7SM07SDhSxTM-k83PMOBDf4VKT1RA__',
    SHA256:
      'VqbZPu8KC3a8MBRdN0~FlLZmKgpJAGlFlQGS~jDyhdsUrYFKXAqsR6pRHeYMKTuRbYburrwO-quOB53j4Vhr8GLDeH-ELFgXfSjp9Q36uw5agRRr9Yoouiig93u7rtdEpVZix0ng3Fom3t97Us8z0-9Dfpb5gvUu5O2guE5ltoxSOmj35YsspDdjBxTyhe6oS9ZqVEwpBiOXhBYDqpYm3IGl4ys~sKZFJ2r6GjPPBQtDRS5wlg~CjSv4cJet-uMIg75~RCfG3JZBa-mW9vITASPluWfvLTyLbFcc8kr89P~TV17IRVKCuRYTxETexWeRIKrnqc9l8JlM1mHz2FhGmg__',
  },
  ec: {
    SHA1: 'MEQCICakoCFOVjmyqh4i7KkRf-3dIhm0GqW3ID28g9i0Lp0TAiATvhNPSb5Jsh4A6bXzrNbDFb4zXNz-nhZoAgcIwusF2Q__',
    SHA256: 'MEUCIQCGpjQJ4I0aKP3VNF4XITEwxDuEy7~oXrPSWOpuzMkThQIgE4HX9LxNUtZCL8nNN5pNz8hOPthSdktOZGD9xJdmr~k_',
  },
};

/** Opens everything below `hls/`, for an hour and a network of addresses. */
export const customPolicy: WrittenOutSignature = {
  policy:
    '{"Statement":[{"Resource":"https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/hls/*","Condition":{"DateLessThan":{"AWS:EpochTime":1798761600},"DateGreaterThan":{"AWS:EpochTime":1798758000},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}',
  encoded:
    'eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9jZG4uZXhhbXBsZS5jb20vdmlkZW9zLzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmL2hscy8qIiwiQ29uZGl0aW9uIjp7IkRhdGVMZXNzVGhhbiI6eyJBV1M6RXBvY2hUaW1lIjoxNzk4NzYxNjAwfSwiRGF0ZUdyZWF0ZXJUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE3OTg3NTgwMDB9LCJJcEFkZHJlc3MiOnsiQVdTOlNvdXJjZUlwIjoiMTkyLjAuMi4wLzI0In19fV19',
  rsa: {
    SHA1: 'AMsUt861-ikPxjQn5Ze3aJ8ZixSswUJIw1~450Q0yqffjtXsRn~GPGdIOJ6cRSdle0EISLlOWzQ6ukvO-X4WoMELY5cpRH5NhtC4ji3SwaXr5QADoWMYqwZ5EKIU8Q2P6R9GVwLjm2nU~G3VbLMs9f4aIK~G7yEkEbwxHyn~SZh1aGrKe~CYZTdvkDeu6nKvDNnim5mBiS8zbaFgmSk7PgUk0lpiHfUeFIWoitqxePLGGPdruJj7XD6qgjLHe2j-uTLRaNWm8swTyuk0hogPbpl9IkDhq5-1ryb3ScztDiJPXXoeUQjBop61HHTgL-ylc72CMm6H7X4MUDo8GdWO2g__',
    SHA256:
      'RFAr6x5WwCejTZ4~dujXHNrTpaqNcgkHdDFePgr66RxLanpVjGfKbj5iSITVk9~k9E-WMC8ajCupMgp9a~9NS-NKj1suVVh9Y18uStLvSNyxw6xyUdVtAVnAJ6sGDfUPBCnrYJEq6hUgg32~1O2G4JgvJhzs5CIMlf5RaTaRrnVP5nTFkhuN7pW0I26PWy5jeIwbd9VD7F3lUkCXoENCF1tEpDL8Kfjqc2R3XKRvPKdSNesuR0T1BV61mupm2KIRRODTQ-Rt5uELtyCAbqFFjFFgC7CDirURcn7aQGy0dAydmXTlC6w-j~6as~NAKznqeSlDCi3kTDbH~YOX~JzgWA__',
  },
  ec: {
    SHA1: 'MEYCIQC1Sb2l28X5qUCH~VwJV921HPTUyUbqFWNcknozVjGOWQIhAMU1oWH9p1kJzTi8gMcOeT1VZokWSUlb-o2wl8-yTp9~',
    SHA256: 'MEQCIFnw6tmyAyOTH-yHAAOUzbPFN6FbC3R5KuvIVd3VWR-tAiAOESXKEyhh8di1Q7Lb6nclT3Aot82MpRD1h6q4idDyUA__',
  },
};

/** Opens everything below `hls/`, in the form for cookies. */
export const cookiePolicy: WrittenOutSignature = {
  policy:
    '{"Statement":[{"Resource":"https://cdn.example.com/videos/0123456789abcdef0123456789abcdef/hls/*","Condition":{"DateLessThan":{"AWS:EpochTime":1798761600}}}]}',
  encoded:
    'eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9jZG4uZXhhbXBsZS5jb20vdmlkZW9zLzAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmL2hscy8qIiwiQ29uZGl0aW9uIjp7IkRhdGVMZXNzVGhhbiI6eyJBV1M6RXBvY2hUaW1lIjoxNzk4NzYxNjAwfX19XX0_',
  rsa: {
    SHA1: 'ZD967tOvIkUnpCPiubAnqiAYF2dnistDWKEMF3RY7E6GkD9XzICL7da5AN2Saf70Fc23hUSU6j8zdW~6YVQCMB4eEs3Ub3EVflVNS7uF1y9Ab8ic6UYg7SKdhoapFGlCDTfmoK9nJYtxBWha0OEmVqdGPyXFIrkCo1qGjIgC4Ba7iYXET-ZOjD~Pq~m0m04mLelAkrnaw20ybzfY1q4MbEBGvOIM0kZWhSpLADrJ6DKHw6XZSS6YJZhvobSuZmnlp8sEwdIV-WaOkb-sygAXZOtlM5d2zpgLR0vVXzd--wlrEJ012SBw8-UBfrbJMgxJf91Lnznu0AC~uPtbOXpDmQ__',
    SHA256:
      'TE5gIN8Po3qd1J1I8UIPoNZwrJrHHdPS4amBzhLuOZwWWOs5CwiVqEpG9r1HMseEgP-Q46vl9gc6aC4n42x22zwnBxAg~aqlp6Azf5cqZpdM245U1snKxSaYJtFneZYO4unTJ~B3q-HW3y5ibF31hmEl4pp95YSr1vhMh4XiCW3LQqktAxFA536c8iCTGsbd7X0TIxykvKtFZRKyQ-xmfBVfdOaF8tCQ67trbKxZAlNgvvWW54Tw7822JbJAZFZZ7ttWSbFmyIrdBd95-eU4zmMsglChTGahHKxHHsSMkD6lJvEUTApn1xhzs8WL1H-xmJcIzg6PycMTM-Y~La5uvQ__',
  },
  ec: {
    SHA1: 'MEUCIQCado3TCevDbbPCWcxsViEG~zq4Tdqc1i8Yz0nQF3xq1AIgQdZdLNci3NYwUqNCKxlEPnNeaXj6F~PtCU3fBDRCIUk_',
    SHA256: 'MEYCIQDs~x~8x0Nr2WeX3mQFDcyGQn5vYefknu3t5en9lbaAGwIhAM1gJDtFcSocwIPqH7dxyc~B0Jj8jK0k2DG4LEi3dIIO',
  },
};
