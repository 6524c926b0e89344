package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class ServerOutageTest {
  /** With the HTTP client that the program uses, whose words are relied on. */
  @Test
  void anEndpointThatIsNotThereIsNamed() throws Exception {
    int port = FreePort.pick();
    try (DynamoDbClient client =
        DynamoDbClient.builder()
            .httpClientBuilder(Apache5HttpClient.builder())
            .endpointOverride(URI.create("http://127.0.0.1:" + port))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
            .overrideConfiguration(c -> c.retryStrategy(r -> r.maxAttempts(1)))
            .build()) {
      SdkException e = assertThrows(SdkException.class, client::listTables);
      Fault fault = Faults.ofService("list tables", e);
      String server = "DynamoDB at 127.0.0.1:" + port;
      assertEquals(
          Optional.of(new Unreachable(server, "refuses connections")), fault.unreachable());
      assertEquals("cannot list tables: " + server + " refuses connections", fault.getMessage());
    }
  }

  @Test
  void otherWaysToBeMissing() {
    assertEquals(
        Optional.of(
            new Unreachable("DynamoDB at dynamodb.nowhere", "has a host name that is not known")),
        ServerOutage.of(wrapped(new UnknownHostException("dynamodb.nowhere: not known"))));
    assertEquals(
        Optional.of(new Unreachable("DynamoDB at h:8000", "does not answer")),
        ServerOutage.of(
            wrapped(new SocketTimeoutException("Connect to http://h:8000 [h/1.2.3.4] failed"))));
    assertEquals(
        Optional.of(new Unreachable("DynamoDB at h:8000", "closes connections")),
        ServerOutage.of(wrapped(new IOException("h:8000 failed to respond"))));
    assertEquals(
        Optional.of(new Unreachable("DynamoDB at h:8000", "does not answer")),
        ServerOutage.of(wrapped(new IOException("Connect to https://h:8000 [h/1] timed out"))));
    assertEquals(
        Optional.of(new Unreachable("DynamoDB at h:8000", "cannot be connected to")),
        ServerOutage.of(
            wrapped(new ConnectException("Connect to http://h:8000 [h/1] failed: no route"))));
    assertEquals(Optional.empty(), ServerOutage.of(wrapped(new IOException("Connection reset"))));
    assertEquals(
        Optional.empty(),
        ServerOutage.of(SdkClientException.create("Connect to http://h:8000 refused")),
        "the SDK's own words name an endpoint, but not what it did");
  }

  private static SdkException wrapped(Exception cause) {
    return SdkClientException.create("Unable to execute HTTP request", cause);
  }
}
