package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nimoshake.setup.config.Configuration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The words for where a sync reads and writes. */
class SyncRouteTest {
  @Test
  void namesRegionServersAndDatabase() throws Exception {
    assertEquals(
        new SyncRoute("DynamoDB in eu-west-1", "MongoDB at a:1, b:2, database shop"),
        of("mongodb://u:S3CRET@a:1,b:2/?w=1", "id=shop", "source.region=eu-west-1"));
  }

  @Test
  void namesEndpointsWithoutCredentials() throws Exception {
    assertEquals(
        new SyncRoute("DynamoDB at http://h:8000", "DynamoDB at http://p:9000"),
        of(
            "http://u:S3CRET@p:9000",
            "source.region=eu-west-1",
            "source.endpoint_url=http://h:8000",
            "target.type=aliyun_dynamo_proxy"));
  }

  @Test
  void theRegionMayComeFromTheEnvironmentOfTheSdk() throws Exception {
    assertEquals("DynamoDB in the region of the AWS environment", of("mongodb://a").source());
  }

  private static SyncRoute of(String address, String... keys) throws Exception {
    return SyncRoute.of(
        Configuration.load(
            Optional.empty(), Map.of("NIMO_SHAKE_TARGET_ADDRESS", address), List.of(keys)));
  }
}
