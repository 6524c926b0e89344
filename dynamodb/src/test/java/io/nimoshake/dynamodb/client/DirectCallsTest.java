package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** The real SDK and the real signer, with a transport that answers what it is told to. */
class DirectCallsTest {
  private static final byte[] BODY = "{\"ShardIterator\":\"2\"}".getBytes(StandardCharsets.UTF_8);

  private final List<HttpExecuteRequest> sent = new ArrayList<>();
  private final SdkHttpClient transport = new Transport();
  private final StaticCredentialsProvider credentials =
      StaticCredentialsProvider.create(AwsSessionCredentials.create("key", "secret", "token"));
  private long nanos = -1;
  private final DirectCalls direct =
      new DirectCalls("GetRecords", transport, credentials, Duration.ofSeconds(10), () -> nanos);
  private final DynamoDbStreamsClient client =
      DynamoDbStreamsClient.builder()
          .region(Region.EU_WEST_1)
          .endpointOverride(URI.create("http://localhost:8000/path"))
          .credentialsProvider(credentials)
          .httpClient(direct.transport())
          .overrideConfiguration(
              c ->
                  c.addExecutionInterceptor(direct)
                      .retryStrategy(
                          StandardRetryStrategy.builder()
                              .maxAttempts(2)
                              .backoffStrategy(BackoffStrategy.retryImmediately())
                              .build()))
          .build();

  /** What is answered next, before successes. */
  private final Deque<Answer> answers = new ArrayDeque<>();

  /**
   * @param status 0: the connection breaks
   */
  private record Answer(int status, String text) {}

  /** Answers whose connection was given up. */
  private int aborted;

  private final class Transport implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() throws IOException {
          sent.add(request);
          Answer answer = answers.isEmpty() ? new Answer(200, "{}") : answers.remove();
          if (answer.status() == 0) {
            throw new IOException(answer.text());
          }
          byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
          return HttpExecuteResponse.builder()
              .response(SdkHttpResponse.builder().statusCode(answer.status()).build())
              .responseBody(
                  AbortableInputStream.create(new ByteArrayInputStream(body), () -> aborted++))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }

  /** Says who has answered. */
  private String call() {
    return call((response, in) -> "direct " + text(in));
  }

  private String call(DirectCalls.Reader<String> reader) {
    return direct.call(
        BODY,
        reader,
        () -> {
          client.getRecords(r -> r.shardIterator("2"));
          return "SDK";
        });
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void theSdkMakesTheFirstCall() {
    client.describeStream(r -> r.streamArn("arn"));
    assertEquals("SDK", call());
    assertEquals("direct {}", call());
    assertEquals(3, sent.size());
  }

  @Test
  void aCallIsSentAsTheSdkSendsIt() {
    call();
    call();
    SdkHttpRequest ofSdk = sent.get(0).httpRequest();
    SdkHttpRequest ofOurs = sent.get(1).httpRequest();
    assertEquals(ofSdk.getUri(), ofOurs.getUri());
    assertEquals(ofSdk.method(), ofOurs.method());
    TreeSet<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(ofSdk.headers().keySet());
    names.removeAll(List.of("amz-sdk-invocation-id", "amz-sdk-request"));
    TreeSet<String> ours = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    ours.addAll(ofOurs.headers().keySet());
    assertEquals(names, ours);
    for (String name : names) {
      if (!name.equalsIgnoreCase("Authorization") && !name.equalsIgnoreCase("X-Amz-Date")) {
        assertEquals(ofSdk.headers().get(name), ofOurs.headers().get(name), name);
      }
    }
    assertEquals(signedBy(ofSdk), signedBy(ofOurs));
    assertEquals(new String(BODY, StandardCharsets.UTF_8), content(sent.get(1)));
  }

  /** Key, region, service and the signed headers. */
  private static String signedBy(SdkHttpRequest request) {
    return request
        .firstMatchingHeader("Authorization")
        .orElseThrow()
        .replaceAll("/\\d{8}/", "/date/")
        .replaceAll("amz-sdk-invocation-id;|amz-sdk-request;", "")
        .replaceAll("Signature=.*", "");
  }

  private static String content(HttpExecuteRequest request) {
    try (InputStream in = request.contentStreamProvider().orElseThrow().newStream()) {
      return text(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theSdkSaysWhatARefusalMeans() {
    firstCall();
    answers.add(new Answer(400, "{\"__type\":\"ExpiredIteratorException\"}"));
    assertThrows(ExpiredIteratorException.class, this::call);
    assertEquals(1, sent.size());
    assertTheSdkCallsForAMinute();
  }

  @Test
  void theSdkRetriesWhatHasFailed() {
    firstCall();
    answers.add(new Answer(500, "{\"__type\":\"InternalServerError\"}"));
    assertTheSdkRetries((response, in) -> text(in));
  }

  @Test
  void theSdkRetriesAfterABrokenConnection() {
    firstCall();
    answers.add(new Answer(0, "reset"));
    assertTheSdkRetries((response, in) -> text(in));
  }

  @Test
  void theSdkRetriesWhenAnAnswerCannotBeRead() {
    firstCall();
    assertTheSdkRetries(
        (response, in) -> {
          throw RetryableException.create("checksum");
        });
  }

  /** A byte now and then keeps the HTTP client content, and would hold a thread for ever. */
  @Test
  void theSdkRetriesWhatIsAnsweredTooSlowly() {
    firstCall();
    assertTheSdkRetries(
        (response, in) -> {
          in.read();
          nanos += Duration.ofSeconds(11).toNanos();
          return "slow " + text(in);
        });
  }

  /** A result that the SDK did not take is not that of another call. */
  @Test
  void aResultCountsForItsOwnCallOnly() {
    call();
    answers.add(new Answer(400, "{}"));
    assertEquals("nothing", direct.call(BODY, (response, in) -> text(in), () -> "nothing"));
    assertEquals("SDK", call());
  }

  /** Its connection would stay in use for ever. */
  @Test
  void anAnswerThatTheSdkDoesNotTakeIsGivenUp() {
    call();
    answers.add(new Answer(400, "{}"));
    assertThrows(
        IllegalStateException.class,
        () ->
            direct.call(
                BODY,
                (response, in) -> text(in),
                () -> {
                  throw new IllegalStateException("no credentials");
                }));
    assertEquals(1, aborted);
  }

  @Test
  void anAnswerThatTheSdkTakesIsLeftToIt() {
    call();
    answers.add(new Answer(400, "{\"__type\":\"ExpiredIteratorException\"}"));
    assertThrows(ExpiredIteratorException.class, this::call);
    assertEquals(0, aborted);
  }

  /** The next calls need not be made by the SDK. */
  private void firstCall() {
    call();
    sent.clear();
  }

  private void assertTheSdkRetries(DirectCalls.Reader<String> reader) {
    assertEquals("SDK", call(reader));
    assertEquals(2, sent.size());
    assertTheSdkCallsForAMinute();
  }

  private void assertTheSdkCallsForAMinute() {
    nanos += Duration.ofSeconds(59).toNanos();
    assertEquals("SDK", call());
    nanos += Duration.ofSeconds(1).toNanos();
    assertEquals("direct {}", call());
  }
}
