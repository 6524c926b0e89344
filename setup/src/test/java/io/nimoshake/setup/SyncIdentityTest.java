package io.nimoshake.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.nimoshake.setup.config.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which configurations describe the same sync. */
class SyncIdentityTest {
  private static final SyncIdentity ONE = of("mongodb://u:p@b:1,a:2/?retryWrites=true");

  @Test
  void credentialsAndOptionsDoNotCount() {
    assertEquals(ONE, of("mongodb://other:p%40ss@A:2,B:1/admin"));
    assertEquals(ONE, of("mongodb+srv://u:p%40@A:2,B:1?w=1"));
    assertEquals(ONE, of("mongodb://a:2,b:1", "qps.full=3", "sync_mode=full"));
  }

  @Test
  void idSourceAndTargetCount() {
    assertNotEquals(ONE, of("mongodb://a:2,b:2"));
    assertNotEquals(ONE, of("mongodb://a:2,b:1", "id=other"));
    assertNotEquals(ONE, of("mongodb://a:2,b:1", "source.region=eu-west-1"));
    assertNotEquals(ONE, of("mongodb://a:2,b:1", "source.endpoint_url=http://h:1"));
    SyncIdentity dynamo = of("http://a:2", "target.type=dynamodb", "target.region=us-east-1");
    assertNotEquals(dynamo, of("http://a:2", "target.type=dynamodb", "target.region=eu-west-1"));
    assertNotEquals(
        dynamo, of("http://a:2", "target.type=aliyun_dynamo_proxy", "target.region=us-east-1"));
  }

  private static SyncIdentity of(String address, String... more) {
    List<String> keys = new ArrayList<>(List.of(more));
    try {
      return SyncIdentity.of(
          Configuration.load(Optional.empty(), Map.of("NIMO_SHAKE_TARGET_ADDRESS", address), keys));
    } catch (Exception e) {
      // Of any kind: the test's own configuration is wrong.
      throw new IllegalStateException(e);
    }
  }
}
