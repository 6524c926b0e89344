package io.nimoshake.dynamodb.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;

/**
 * Makes calls of one operation with the SDK's signer and HTTP client, but without its pipeline.
 * That costs a third of the CPU time. A sync asks its shards for weeks, and at rest it does little
 * else.
 *
 * <p>Address, headers, region and service are those of the first such request that the SDK sends.
 * Only a success is taken from here. Anything else becomes the result of the first attempt of the
 * SDK, which counts and retries it, corrects the clock, and says what is wrong. The SDK also makes
 * the calls of the next minute.
 *
 * <pre>
 *   LEARNING -- the SDK sends such a request --> READY -- a call fails --> RESTING
 *                                                      &lt;-- a minute has passed --
 * </pre>
 *
 * Thread-safe.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">
 *     IAM User Guide, Create a signed AWS API request</a>
 */
public final class DirectCalls implements ExecutionInterceptor {
  /** Reads the body of an answer. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(SdkHttpResponse response, InputStream body) throws IOException;
  }

  private static final Duration REST = Duration.ofMinutes(1);
  private static final Pattern SCOPE =
      Pattern.compile("Credential=[^,]*/\\d+/([^/,]+)/([^/,]+)/aws4_request");

  /** Headers that belong to one request. The signer sets those that it needs. */
  private static final Set<String> OWN =
      Set.of(
          "authorization",
          "x-amz-date",
          "x-amz-security-token",
          "x-amz-content-sha256",
          "amz-sdk-invocation-id",
          "amz-sdk-request",
          "content-length",
          "host");

  /** What all requests of the operation have in common. */
  private record Template(SdkHttpRequest request, String region, String service) {
    static Optional<Template> of(SdkHttpRequest sent) {
      Matcher scope = SCOPE.matcher(sent.firstMatchingHeader("Authorization").orElse(""));
      if (!scope.find()) {
        return Optional.empty();
      }
      SdkHttpFullRequest.Builder request =
          SdkHttpFullRequest.builder().method(sent.method()).uri(sent.getUri());
      for (Map.Entry<String, List<String>> header : sent.headers().entrySet()) {
        if (!OWN.contains(header.getKey().toLowerCase(Locale.ROOT))) {
          request.putHeader(header.getKey(), header.getValue());
        }
      }
      return Optional.of(new Template(request.build(), scope.group(1), scope.group(2)));
    }
  }

  private final String operation;
  private final Transport transport;
  private final AwsCredentialsProvider credentials;
  private final Duration limit;
  private final LongSupplier nanoTime;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final AtomicReference<Template> learned = new AtomicReference<>();

  /** When a call may be made again; never far from now, as the clock may begin anywhere. */
  private final AtomicLong restUntilNanos;

  /**
   * @param operation the SDK's name for it
   * @param limit how long a call may take; zero for no limit. The HTTP client limits only the wait
   *     for the next bytes.
   */
  DirectCalls(
      String operation,
      SdkHttpClient http,
      AwsCredentialsProvider credentials,
      Duration limit,
      LongSupplier nanoTime) {
    this.operation = operation;
    this.limit = limit;
    this.transport = new Transport(http);
    this.credentials = credentials;
    this.nanoTime = nanoTime;
    this.restUntilNanos = new AtomicLong(nanoTime.getAsLong());
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission call, ExecutionAttributes attributes) {
    if (learned.get() == null
        && operation.equals(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME))) {
      Template.of(call.httpRequest()).ifPresent(learned::set);
    }
  }

  /** The HTTP client that the SDK's client must have. */
  SdkHttpClient transport() {
    return transport;
  }

  /**
   * Makes one call.
   *
   * @param body of the request, as JSON
   * @param reader reads a success; if it throws, the call has failed
   * @param ofSdk makes the same call in this thread with the SDK's client
   */
  public <T> T call(byte[] body, Reader<T> reader, Supplier<T> ofSdk) {
    Template template = learned.get();
    if (template == null || nanoTime.getAsLong() - restUntilNanos.get() < 0) {
      return ofSdk.get();
    }
    Result result;
    long begun = nanoTime.getAsLong();
    try {
      HttpExecuteResponse response = send(template, body);
      if (response.httpResponse().isSuccessful() && response.responseBody().isPresent()) {
        return read(response, reader, begun);
      }
      result = new Refused(response);
    } catch (IOException e) {
      result =
          () -> {
            throw e;
          };
    } catch (SdkException e) {
      result =
          () -> {
            throw e;
          };
    }
    restUntilNanos.set(nanoTime.getAsLong() + REST.toNanos());
    transport.first.set(result);
    try {
      return ofSdk.get();
    } finally {
      if (transport.first.get() != null) {
        // The SDK has failed before it sent anything. The connection must not stay in use.
        result.discard();
        transport.first.remove();
      }
    }
  }

  private HttpExecuteResponse send(Template template, byte[] body) throws IOException {
    ContentStreamProvider content = ContentStreamProvider.fromByteArrayUnsafe(body);
    SdkHttpRequest request =
        template.request().toBuilder()
            .putHeader("Content-Length", Integer.toString(body.length))
            .build();
    SignedRequest signed =
        signer.sign(
            sign ->
                sign.identity(credentials.resolveCredentials())
                    .request(request)
                    .payload(content)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, template.region())
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, template.service()));
    return transport
        .prepareRequest(
            HttpExecuteRequest.builder()
                .request(signed.request())
                .contentStreamProvider(content)
                .build())
        .call();
  }

  private <T> T read(HttpExecuteResponse response, Reader<T> reader, long begunNanos)
      throws IOException {
    AbortableInputStream body = response.responseBody().orElseThrow();
    boolean complete = false;
    try {
      InputStream limited = limit.isZero() ? body : new LimitedBody(body, begunNanos);
      T answer = reader.read(response.httpResponse(), limited);
      complete = true;
      return answer;
    } finally {
      if (complete) {
        body.close();
      } else {
        body.abort();
      }
    }
  }

  /** A body whose bytes may come slowly, but not for longer than the limit. */
  private final class LimitedBody extends FilterInputStream {
    private final long begunNanos;

    LimitedBody(InputStream body, long begunNanos) {
      super(body);
      this.begunNanos = begunNanos;
    }

    @Override
    public int read() throws IOException {
      int next = super.read();
      check();
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = super.read(into, offset, length);
      check();
      return count;
    }

    private void check() throws IOException {
      if (nanoTime.getAsLong() - begunNanos > limit.toNanos()) {
        throw new SocketTimeoutException(
            operation + " was not answered whole within " + limit.toMillis() + " ms");
      }
    }
  }

  /** What became of a call that did not succeed. */
  private interface Result {
    HttpExecuteResponse get() throws IOException;

    /** Nobody will read it. */
    default void discard() {}
  }

  /** An answer whose body was not read yet. */
  private record Refused(HttpExecuteResponse response) implements Result {
    @Override
    public HttpExecuteResponse get() {
      return response;
    }

    @Override
    public void discard() {
      response.responseBody().ifPresent(AbortableInputStream::abort);
    }
  }

  /**
   * Gives the SDK the result of a call that did not succeed, as that of its own first attempt. The
   * SDK's client for synchronous calls sends its requests in the thread of the caller.
   */
  private static final class Transport implements SdkHttpClient {
    private final SdkHttpClient http;
    private final ThreadLocal<Result> first = new ThreadLocal<>();

    Transport(SdkHttpClient http) {
      this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      Result result = first.get();
      if (result == null) {
        return http.prepareRequest(request);
      }
      first.remove();
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() throws IOException {
          return result.get();
        }

        @Override
        public void abort() {
          // The request is over.
        }
      };
    }

    @Override
    public String clientName() {
      return http.clientName();
    }

    @Override
    public void close() {
      http.close();
    }
  }
}
