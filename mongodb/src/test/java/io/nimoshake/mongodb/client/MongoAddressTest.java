package io.nimoshake.mongodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MongoAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://u:S3CRET@host/db",
        "mongodb://u:S3CRET\"'quoted@host",
        "mongodb://u:it's S3CRET@host/?replicaSet=rs",
        "mongodb+srv://u:S3CRET@host.example.com/?retryWrites=true",
        "mongodb://u:p@host/?proxyHost=h&proxyUsername=x&proxyPassword=S3CRET",
        "mongodb://u:p@host/?authMechanism=MONGODB-AWS"
            + "&authMechanismProperties=AWS_SESSION_TOKEN:S3CRET",
        "mongodb://host/?tls=true&tlsCertificateKeyFilePassword=S3CRET",
        "mongodb://u:S3CRET@more@host:27017",
        "mongodb://u:S3CRET/more@host",
        "mongodb://u:123/S3CRET@host",
        "mongodb://u:12?S3CRET@host",
        "mongodb://u:a:S3CRET/c?d@host:27017",
        "mongodb://u:S3CRET/c?d=e@host:27017",
        "mongodb://u:S3CRET/?@host",
        "mongodb://u:12/S3CRET?d@host/db?w=1",
        "mongodb+srv://u:a/?S3CRET&b@host.example.com"
      })
  void everySecretIsKnownAndMasked(String address) {
    assertTrue(
        MongoAddress.secrets(address).stream().anyMatch(secret -> secret.contains("S3CRET")),
        () -> MongoAddress.secrets(address).toString());
    String masked = MongoAddress.masked(address);
    assertFalse(masked.contains("S3CRET"), masked);
    assertTrue(masked.contains("host"), masked);
  }

  @Test
  void anEncodedPasswordIsKnownInBothForms() {
    Set<String> secrets = MongoAddress.secrets("mongodb://u:a%40b+c@host");
    assertTrue(secrets.containsAll(Set.of("a%40b+c", "a@b+c")), secrets::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://u:se@cret@host",
        "mongodb://u:secret/more@host",
        "mongodb://u:123/more@host",
        "mongodb://u:12?more@host",
        "mongodb://u:50%off@host",
        "mongodb://u:a:b@host",
        "mongodb://u:a:secret/c?d@host:27017",
        "mongodb://u:a/more?d@host"
      })
  void aRawCharacterIsToBeEncoded(String address) {
    String problem = MongoAddress.problem(address).orElseThrow();
    assertTrue(problem.contains("percent-encode it"), problem);
    assertFalse(problem.contains("more") || problem.contains("cret"), problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://host",
        "mongodb://u:p%40w@one:1,two:2/db?appName=a@b",
        "mongodb://host/?appName=a@b",
        "mongodb://one:27017,two/db?w=1&appName=a@b&tls=true",
        "mongodb://[::1]:27017/?appName=a@b",
        "mongodb://u:it's\"#[]@host/?compressors=zstd,snappy,zlib",
        "mongodb+srv://u:p@host.example.com"
      })
  void whatTheDriverTakesIsRight(String address) {
    assertEquals(Optional.empty(), MongoAddress.problem(address));
  }

  @Test
  void anUnknownCompressorIsOneLine() {
    String problem = MongoAddress.problem("mongodb://u:pw@host/?compressors=brotli").orElseThrow();
    assertTrue(problem.contains("brotli"), problem);
    assertFalse(problem.contains("\n") || problem.contains("pw"), problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mongodb://a:1,b:2",
        "mongodb://u:S3CRET@a:1,b:2/db?w=majority",
        "mongodb://u:S3CRET@more@a:1,b:2",
        "mongodb://u:S3CRET/more@a:1,b:2/",
        "mongodb://u:12?S3CRET@a:1,b:2",
        "mongodb://a:1,b:2/?appName=x@y"
      })
  void namesTheServersAlone(String address) {
    assertEquals("a:1,b:2", MongoAddress.servers(address));
  }
}
