package io.nimoshake.dynamodb.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** The real SDK, with its transport replaced by answers laid out before. */
class DecodingInterceptorTest {
  private static final String PAGE =
      "{\"Count\":1,\"Items\":[{\"id\":{\"S\":\"a\"}}],\"ScannedCount\":3,"
          + "\"LastEvaluatedKey\":{\"id\":{\"S\":\"a\"}}}";

  private record Answer(int status, byte[] body, String crc32, boolean gzip) {}

  private final Deque<Answer> answers = new ArrayDeque<>();
  private final PageDecoder decoder = new PageDecoder(Decode.BY_ID, ConvertOptions.DEFAULT);
  private ChangeBatch.Builder batch;
  private final DynamoDbClient client =
      DynamoDbClient.builder()
          .region(Region.EU_WEST_1)
          .endpointOverride(URI.create("http://localhost:1"))
          .credentialsProvider(
              StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
          .httpClient(new Transport())
          .overrideConfiguration(
              c ->
                  c.addExecutionInterceptor(new DecodingInterceptor())
                      .retryStrategy(
                          StandardRetryStrategy.builder()
                              .maxAttempts(3)
                              .backoffStrategy(BackoffStrategy.retryImmediately())
                              .build()))
          .build();

  private final class Transport implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          Answer answer = answers.remove();
          SdkHttpResponse.Builder response =
              SdkHttpResponse.builder()
                  .statusCode(answer.status())
                  .putHeader("Content-Type", "application/x-amz-json-1.0")
                  .putHeader("Content-Length", String.valueOf(answer.body().length))
                  .putHeader("x-amz-crc32", answer.crc32());
          if (answer.gzip()) {
            response.putHeader("Content-Encoding", "gzip");
          }
          return HttpExecuteResponse.builder()
              .response(response.build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(answer.body())))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }

  private void answer(int status, byte[] body) {
    answers.add(new Answer(status, body, crc32(body), false));
  }

  private static String crc32(byte[] body) {
    CRC32 crc = new CRC32();
    crc.update(body);
    return Long.toString(crc.getValue());
  }

  private ScanResponse scan() {
    PageSink sink =
        (body, length) -> {
          batch = ChangeBatch.builder();
          return decoder.scan(body, length, batch);
        };
    return client.scan(
        b ->
            b.tableName("music")
                .overrideConfiguration(
                    c -> c.putExecutionAttribute(DecodingInterceptor.SINK, sink)));
  }

  private void assertPageArrived(ScanResponse response) {
    assertTrue(response.items().isEmpty());
    assertEquals(3, response.scannedCount());
    assertEquals("a", response.lastEvaluatedKey().get("id").s());
    assertEquals(1, batch.build(Position.END).changes().size());
    assertTrue(answers.isEmpty());
  }

  @Test
  void theSinkGetsTheItemsAndTheSdkTheRest() {
    answer(200, Decode.utf8(PAGE));
    assertPageArrived(scan());
  }

  @Test
  void aLargeBodyArrivesWhole() {
    String page = PAGE.replace("{\"S\":\"a\"}}]", "{\"S\":\"" + "a".repeat(300_000) + "\"}}]");
    answer(200, Decode.utf8(page));
    assertPageArrived(scan());
  }

  @Test
  void aCompressedBodyIsUnpacked() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(Decode.utf8(PAGE));
    }
    byte[] body = zipped.toByteArray();
    answers.add(new Answer(200, body, crc32(body), true));
    assertPageArrived(scan());
  }

  @Test
  void aWrongChecksumIsRetriedAndThenReported() {
    byte[] body = Decode.utf8(PAGE);
    answers.add(new Answer(200, body, "1", false));
    answer(200, body);
    assertPageArrived(scan());

    for (int i = 0; i < 3; i++) {
      answers.add(new Answer(200, body, "1", false));
    }
    batch = null;
    SdkClientException e = assertThrows(SdkClientException.class, this::scan);
    assertTrue(e.getCause() instanceof Crc32MismatchException);
    assertTrue(answers.isEmpty());
    assertEquals(null, batch);
  }

  @Test
  void aMalformedPageIsRetriedAndThenReported() {
    byte[] cut = Decode.utf8(PAGE.substring(0, PAGE.length() - 1));
    answer(200, cut);
    answer(200, Decode.utf8(PAGE));
    assertPageArrived(scan());

    for (int i = 0; i < 3; i++) {
      answer(200, cut);
    }
    SdkClientException e = assertThrows(SdkClientException.class, this::scan);
    assertTrue(e.getCause() instanceof MalformedPageException);
    assertTrue(answers.isEmpty());
  }

  @Test
  void errorsAreLeftToTheSdk() {
    answer(
        400,
        Decode.utf8(
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\","
                + "\"message\":\"no music\"}"));
    ResourceNotFoundException e = assertThrows(ResourceNotFoundException.class, this::scan);
    assertEquals("no music", e.awsErrorDetails().errorMessage());
  }

  @Test
  void aRequestWithoutSinkIsLeftAlone() {
    answer(200, Decode.utf8(PAGE));
    assertFalse(client.scan(b -> b.tableName("music")).items().isEmpty());
  }

  @Test
  void keepsLargeBuffersOnlyWhileLargePagesCome() throws IOException {
    DecodingInterceptor interceptor = new DecodingInterceptor();
    assertEquals(1 << 20, bufferFor(interceptor, 1_000_000));
    assertEquals(1 << 20, bufferFor(interceptor, 200_000));
    assertEquals(1 << 20, bufferFor(interceptor, 100));
    assertEquals(1 << 16, bufferFor(interceptor, 100));
  }

  /** How large the buffer is in which a body of this size arrives. */
  private static int bufferFor(DecodingInterceptor interceptor, int size) throws IOException {
    AtomicInteger buffer = new AtomicInteger();
    PageSink sink =
        (body, length) -> {
          buffer.set(body.length);
          return new byte[0];
        };
    SdkHttpResponse response = SdkHttpResponse.builder().statusCode(200).build();
    interceptor.decode(response, new ByteArrayInputStream(new byte[size]), sink);
    return buffer.get();
  }
}
