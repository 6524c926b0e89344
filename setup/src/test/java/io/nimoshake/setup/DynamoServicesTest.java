package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nimoshake.dynamodb.client.DynamoSettings.Role;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DynamoServicesTest {
  private static SyncSetup setup(String... lines) throws ConfigurationException {
    return new SyncSetup(Configuration.load(Optional.empty(), Map.of(), List.of(lines)));
  }

  @Test
  void theRolesOfSourceAndTargetAreTheirOwn() throws Exception {
    String reader = "arn:aws:iam::123456789012:role/reader";
    String writer = "arn:aws-cn:iam::210987654321:role/path/writer";
    SyncSetup setup =
        setup(
            "id=orders",
            "source.role_arn=" + reader,
            "source.role_external_id=ext",
            "target.type=dynamodb",
            "target.role_arn=" + writer,
            "target.role_session_name=copy@night");

    assertEquals(
        Optional.of(new Role(reader, Optional.of("ext"), "nimo-shake-orders")),
        setup.dynamoSettings().role());
    assertEquals(
        Optional.of(new Role(writer, Optional.empty(), "copy@night")),
        setup.dynamoTargetSettings().service().role());
  }

  @Test
  void withoutARoleTheCredentialsAreUsedAsTheyAre() throws Exception {
    Map<String, String> secrets =
        Map.of(
            "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", "key",
            "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", "hidden");
    SyncSetup setup =
        new SyncSetup(
            Configuration.load(
                Optional.empty(), secrets, List.of("target.address=mongodb://127.0.0.1")));

    assertEquals(Optional.empty(), setup.dynamoSettings().role());
    assertEquals("key", setup.dynamoSettings().credentials().orElseThrow().accessKey());
  }

  private static final String VPC =
      "source.endpoint_url=https://vpce-1a-2b.dynamodb.eu-west-1.vpce.amazonaws.com";

  @Test
  void aVpcEndpointNeedsTheOneForStreamsUnlessNoStreamIsRead() throws Exception {
    String mongo = "target.address=mongodb://127.0.0.1";

    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> setup(VPC, mongo));
    assertEquals(
        List.of(
            "--set: "
                + VPC.replace("=", " = ")
                + ": the name of this endpoint does not tell where its streams are:"
                + " source.streams_endpoint_url must be set too"),
        refused.problems());

    setup(VPC, mongo, "sync_mode=full");
    String streams = "https://vpce-3c-4d.streams.dynamodb.eu-west-1.vpce.amazonaws.com";
    assertEquals(
        Optional.of(URI.create(streams)),
        setup(VPC, mongo, "source.streams_endpoint_url=" + streams)
            .dynamoSettings()
            .streamsEndpoint());
  }
}
