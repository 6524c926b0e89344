package io.nimoshake.app.demo;

import io.nimoshake.app.check.Check;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.CheckReport;
import io.nimoshake.app.check.CheckResult;
import io.nimoshake.app.check.CheckSetup;
import io.nimoshake.app.check.Sides;
import io.nimoshake.app.check.SyncBeside;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The two sides of a demo: how they are reached, and whether they are equal. */
final class DemoSides {
  static final String ID = "demo";
  private static final String ACCESS_KEY = "sampleaccesskey";

  private DemoSides() {}

  /**
   * A configuration of the sync. Streams are asked seldom: DynamoDB Local does one thing at a time,
   * and changes would have to wait.
   *
   * @param environment keys as environment variables
   * @param lines keys and values
   */
  static Configuration configuration(
      DynamoDbServer dynamoDb,
      MongoServer mongo,
      Map<String, String> environment,
      List<String> lines)
      throws ConfigurationException {
    Map<String, String> all = new HashMap<>(environment);
    all.put("NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", ACCESS_KEY);
    all.put("NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", ACCESS_KEY);
    List<String> overrides =
        new ArrayList<>(
            List.of(
                "id=" + ID,
                "source.region=us-east-1",
                "source.endpoint_url=" + dynamoDb.endpoint(),
                "qps.incr=3",
                "target.address=" + mongo.uri()));
    overrides.addAll(lines);
    return Configuration.load(Optional.empty(), all, overrides);
  }

  static DynamoDbClient client(DynamoDbServer server) {
    return DynamoDbClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, ACCESS_KEY)))
        .build();
  }

  /** The same comparison of every item as {@code nimo-shake check}. */
  static CheckResult compare(Configuration configuration) throws StartUpException, Fault {
    CheckSetup setup = new CheckSetup(configuration);
    try (Sides sides = setup.open(CheckOptions.ALL)) {
      Check check = new Check(sides, SyncBeside.NONE, CheckOptions.ALL, finding -> {});
      return check.run(setup.tables(sides, CheckOptions.ALL));
    }
  }

  /** The result of a comparison, for people. */
  static List<String> lines(CheckResult result) {
    return new CheckReport(result, CheckOptions.ALL, false, false).lines();
  }
}
