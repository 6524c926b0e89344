package io.nimoshake.dynamodb.source;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.testkit.server.DynamoDbServer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One DynamoDB Local for all tests of this module. Each access key has its own database. */
final class Servers {
  /** These tests do not retry, so a call must not time out on a busy machine. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static DynamoDbServer local;

  private Servers() {}

  static synchronized DynamoDbServer local() {
    if (local == null) {
      local = DynamoDbServer.start();
    }
    return local;
  }

  static DynamoSettings local(String accessKey) {
    return settings(local().endpoint(), accessKey);
  }

  static DynamoSettings settings(URI endpoint, String accessKey) {
    return DynamoSettings.defaults()
        .withEndpoint(endpoint)
        .withMaxRetries(0)
        .withTimeouts(LIMIT, LIMIT)
        .withCredentials(
            new DynamoSettings.Credentials(accessKey, "verysecretkey", Optional.empty()));
  }

  static DynamoClients clients(DynamoSettings settings) {
    try {
      return new DynamoClients(settings, List.of());
    } catch (Fault.Fatal e) {
      throw new AssertionError(e);
    }
  }
}
