package io.nimoshake.testkit.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.zip.CRC32;

/** Speaks DynamoDB's JSON protocol without an SDK, under one access key. */
public final class RawDynamo {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI endpoint;
  private final String accessKey;

  public RawDynamo(URI endpoint, String accessKey) {
    this.endpoint = endpoint;
    this.accessKey = accessKey;
  }

  /** What came back, be it an error. */
  public record Result(int status, JsonNode body) {
    public String type() {
      String type = body.path("__type").asText();
      return type.substring(type.indexOf('#') + 1);
    }
  }

  public Result send(String target, String json) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .timeout(Duration.ofMinutes(3))
            .header("Content-Type", "application/x-amz-json-1.0")
            .header("X-Amz-Target", target)
            .header(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential="
                    + accessKey
                    + "/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
            .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
            .build();
    HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    CRC32 crc = new CRC32();
    crc.update(response.body());
    // DynamoDB Local sends none with an error.
    response
        .headers()
        .firstValue("x-amz-crc32")
        .ifPresent(value -> assertEquals(Long.toString(crc.getValue()), value));
    return new Result(response.statusCode(), MAPPER.readTree(response.body()));
  }

  /** A call of the tables' service that must succeed. */
  public JsonNode table(String operation, String json) throws IOException, InterruptedException {
    return succeed("DynamoDB_20120810." + operation, json);
  }

  /** A call of the streams' service that must succeed. */
  public JsonNode stream(String operation, String json) throws IOException, InterruptedException {
    return succeed("DynamoDBStreams_20120810." + operation, json);
  }

  /** A call of the streams' service that must fail; gives the exception's name. */
  public String streamError(String operation, String json)
      throws IOException, InterruptedException {
    Result result = send("DynamoDBStreams_20120810." + operation, json);
    assertEquals(400, result.status(), () -> result.body().toString());
    return result.type();
  }

  private JsonNode succeed(String target, String json) throws IOException, InterruptedException {
    Result result = send(target, json);
    assertEquals(200, result.status(), () -> result.body().toString());
    return result.body();
  }
}
