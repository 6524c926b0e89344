package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DynamoSettingsTest {
  @Test
  void theStreamsEndpointFollowsFromThatOfTablesUnlessItIsGiven() {
    URI aws = URI.create("https://dynamodb.eu-west-1.amazonaws.com");
    URI vpc = URI.create("https://vpce-1a-2b.dynamodb.eu-west-1.vpce.amazonaws.com");
    URI given = URI.create("https://vpce-3c-4d.streams.dynamodb.eu-west-1.vpce.amazonaws.com");
    DynamoSettings settings = DynamoSettings.defaults();

    assertEquals(Optional.empty(), settings.streamsEndpoint());
    assertEquals(
        Optional.of(URI.create("https://streams.dynamodb.eu-west-1.amazonaws.com")),
        settings.withEndpoint(aws).streamsEndpoint());
    assertEquals(
        Optional.of(given),
        settings.withEndpoint(vpc).withStreamsEndpoint(given).streamsEndpoint());
    assertEquals(Optional.of(given), settings.withStreamsEndpoint(given).streamsEndpoint());
  }

  @Test
  void secretsAreNotPrinted() {
    DynamoSettings settings =
        DynamoSettings.defaults()
            .withEndpoint(URI.create("http://user:hidden@host:1/?hidden"))
            .withCredentials(
                new DynamoSettings.Credentials("AKIA", "hidden", Optional.of("hidden")));

    assertFalse(settings.credentials().toString().contains("hidden"));
    assertEquals("http://host:1", settings.place());
  }
}
