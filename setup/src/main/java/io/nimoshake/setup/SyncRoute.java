package io.nimoshake.setup;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.mongodb.client.MongoAddress;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import io.nimoshake.setup.config.SourceKeys;
import io.nimoshake.setup.config.TargetKeys;
import java.net.URI;
import java.util.Optional;

/**
 * Where a sync reads and where it writes, in words for people. No credentials are in them. On the
 * way back it reads where it else writes.
 *
 * @param source "DynamoDB in us-east-1", or "DynamoDB at http://h:8000"
 * @param target "MongoDB at h:27017, database shop", "files in /exports", or as the source
 */
public record SyncRoute(String source, String target) {
  public static SyncRoute of(Configuration configuration) {
    Optional<String> endpoint = configuration.find(SourceKeys.ENDPOINT_URL).map(URI::toString);
    Optional<String> address = configuration.find(TargetKeys.ADDRESS);
    String tables = dynamo(endpoint, configuration.find(SourceKeys.REGION));
    String target =
        switch (configuration.get(TargetKeys.TYPE)) {
          case MONGODB -> mongo(address.orElse(""), configuration.get(GeneralKeys.ID));
          case ALIYUN_DYNAMO_PROXY, DYNAMODB ->
              dynamo(address, configuration.find(TargetKeys.REGION));
          case FILE -> "files in " + configuration.get(TargetKeys.DIRECTORY);
        };
    return configuration.get(GeneralKeys.SYNC_MODE) == Mode.BACK
        ? new SyncRoute(target, tables)
        : new SyncRoute(tables, target);
  }

  /** Without an endpoint, the region names the service. */
  private static String dynamo(Optional<String> endpoint, Optional<String> region) {
    return endpoint
        .map(url -> "DynamoDB at " + withoutCredentials(url))
        .orElseGet(() -> "DynamoDB in " + region.orElse("the region of the AWS environment"));
  }

  private static String mongo(String address, String database) {
    return "MongoDB at "
        + MongoAddress.servers(address).replace(",", ", ")
        + ", database "
        + database;
  }

  private static String withoutCredentials(String url) {
    return url.replaceFirst("(?<=://)[^/]*@", "");
  }
}
