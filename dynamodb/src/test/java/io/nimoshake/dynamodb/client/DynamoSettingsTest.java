package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DynamoSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "https://dynamodb.eu-west-1.amazonaws.com, https://streams.dynamodb.eu-west-1.amazonaws.com",
    "https://dynamodb.cn-north-1.amazonaws.com.cn,"
        + " https://streams.dynamodb.cn-north-1.amazonaws.com.cn",
    "http://127.0.0.1:8000, http://127.0.0.1:8000",
    "https://dynamodb.example.com/x, https://dynamodb.example.com/x"
  })
  void streamsOfAwsHaveAHostOfTheirOwn(URI tables, URI streams) {
    assertEquals(
        Optional.of(streams), DynamoSettings.defaults().withEndpoint(tables).streamsEndpoint());
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
