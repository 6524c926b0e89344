package io.nimoshake.app.e2e;

import io.nimoshake.testkit.server.DynamoDbServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** A DynamoDB Local to read from and another one to write to, with clients of both. */
final class TwoDynamos implements AutoCloseable {
  final DynamoDbServer sourceServer = DynamoDbServer.start();
  final DynamoDbServer targetServer = DynamoDbServer.start();
  final DynamoDbClient source = client(sourceServer.endpoint());
  final DynamoDbClient target = client(targetServer.endpoint());

  /** The configuration of a sync from one to the other, with further lines. */
  Path configuration(Path directory, String... lines) throws IOException {
    return configuration(directory, targetServer.endpoint(), lines);
  }

  /** The same, with something in front of the target. */
  Path configuration(Path directory, URI inFrontOfTarget, String... lines) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "id = e2e",
                "source.access_key_id = accessKey",
                "source.secret_access_key = secret",
                "source.region = us-east-1",
                "source.endpoint_url = " + sourceServer.endpoint(),
                "target.type = dynamodb",
                "target.address = " + inFrontOfTarget,
                "target.access_key_id = accessKey",
                "target.secret_access_key = secret",
                "target.region = us-east-1",
                "checkpoint.address = " + directory.resolve("checkpoint"),
                "full_sync.http_port = 0",
                "incr_sync.http_port = 0"));
    all.addAll(List.of(lines));
    return Files.write(directory.resolve("nimo-shake.conf"), all);
  }

  private static DynamoDbClient client(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("accessKey", "secret")))
        .build();
  }

  @Override
  public void close() {
    source.close();
    target.close();
    sourceServer.close();
    targetServer.close();
  }
}
