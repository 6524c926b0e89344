package io.nimoshake.dynamodb.convert;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import software.amazon.awssdk.core.exception.Crc32MismatchException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Passes the body of a successful response to the request's {@link PageSink}, and gives the SDK
 * what the sink returns. Ignores requests without a sink and responses other than 2xx. All threads
 * of a client share one:
 *
 * <pre>{@code
 * client.scan(b -> b.tableName(t).overrideConfiguration(
 *     c -> c.putExecutionAttribute(DecodingInterceptor.SINK, sink)));
 * }</pre>
 *
 * <p>DynamoDB sends a CRC32 of the body. The SDK would check it against what the sink returned, so
 * it is checked here and the header is removed. If it does not match, or if the sink cannot read
 * the body, the SDK retries the call as its retry strategy allows.
 */
public final class DecodingInterceptor implements ExecutionInterceptor {
  /** The sink of a request. */
  public static final ExecutionAttribute<PageSink> SINK =
      new ExecutionAttribute<>("io.nimoshake.PageSink");

  private static final String CRC32_HEADER = "x-amz-crc32";
  private static final String ENCODING_HEADER = "Content-Encoding";
  private static final String LENGTH_HEADER = "Content-Length";
  private static final int FIRST_BUFFER_BYTES = 64 * 1024;

  /** Buffers kept for the next responses: at most 8, each of at most 4 MB. */
  private static final int KEPT_BUFFERS = 8;

  private static final int KEPT_BUFFER_BYTES = 4 * 1024 * 1024;

  /**
   * A buffer that is more times larger than its body is not kept. Pages of changes are small, and
   * they are all that comes once the copy has ended.
   */
  private static final int MUCH_LARGER = 8;

  private final ConcurrentLinkedQueue<byte[]> buffers = new ConcurrentLinkedQueue<>();
  private final AtomicInteger bufferCount = new AtomicInteger();

  @Override
  public SdkHttpResponse modifyHttpResponse(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    SdkHttpResponse response = context.httpResponse();
    if (!applies(response, attributes)) {
      return response;
    }
    return response.toBuilder()
        .removeHeader(CRC32_HEADER)
        .removeHeader(ENCODING_HEADER)
        .removeHeader(LENGTH_HEADER)
        .build();
  }

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    // The headers are still those that the service sent.
    SdkHttpResponse response = context.httpResponse();
    Optional<InputStream> body = context.responseBody();
    if (!applies(response, attributes) || body.isEmpty()) {
      return body;
    }
    try (InputStream in = body.get()) {
      byte[] rest = decode(response, in, attributes.getAttribute(SINK));
      return Optional.of(new ByteArrayInputStream(rest));
    } catch (IOException e) {
      throw RetryableException.create(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads the body of a successful response, checks it, and passes it to a sink.
   *
   * @return what the sink returned
   * @throws IOException if the body cannot be read, or the sink cannot read it
   * @throws RetryableException if its checksum is wrong
   */
  public byte[] decode(SdkHttpResponse response, InputStream in, PageSink sink) throws IOException {
    CRC32 checksum = new CRC32();
    Body body = read(in, takeBuffer(), checksum);
    try {
      check(response, checksum.getValue());
      Body page = isGzip(response) ? unzip(body) : body;
      return sink.accept(page.bytes(), page.length());
    } finally {
      giveBack(body);
    }
  }

  private static boolean applies(SdkHttpResponse response, ExecutionAttributes attributes) {
    return response.isSuccessful() && attributes.getAttribute(SINK) != null;
  }

  private record Body(byte[] bytes, int length) {}

  private static Body read(InputStream in, byte[] into, CRC32 checksum) throws IOException {
    byte[] buffer = into;
    int length = 0;
    for (; ; ) {
      int got = in.read(buffer, length, buffer.length - length);
      if (got < 0) {
        return new Body(buffer, length);
      }
      checksum.update(buffer, length, got);
      length += got;
      if (length == buffer.length) {
        buffer = Arrays.copyOf(buffer, Math.multiplyExact(length, 2));
      }
    }
  }

  private static Body unzip(Body zipped) throws IOException {
    InputStream in =
        new GZIPInputStream(new ByteArrayInputStream(zipped.bytes(), 0, zipped.length()));
    return read(in, new byte[FIRST_BUFFER_BYTES], new CRC32());
  }

  private static void check(SdkHttpResponse response, long computed) {
    Optional<String> expected = response.firstMatchingHeader(CRC32_HEADER);
    if (expected.isPresent() && !expected.get().trim().equals(Long.toString(computed))) {
      String message = "the response's CRC32 is " + computed + ", not " + expected.get();
      // The standard retry strategy would not retry a plain Crc32MismatchException.
      throw RetryableException.create(
          message, Crc32MismatchException.builder().message(message).build());
    }
  }

  private static boolean isGzip(SdkHttpResponse response) {
    return response
        .firstMatchingHeader(ENCODING_HEADER)
        .map(encoding -> encoding.trim().equalsIgnoreCase("gzip"))
        .orElse(false);
  }

  private byte[] takeBuffer() {
    byte[] buffer = buffers.poll();
    if (buffer == null) {
      return new byte[FIRST_BUFFER_BYTES];
    }
    bufferCount.decrementAndGet();
    return buffer;
  }

  private void giveBack(Body body) {
    byte[] buffer = body.bytes();
    boolean idle =
        buffer.length > FIRST_BUFFER_BYTES && buffer.length / MUCH_LARGER > body.length();
    if (idle || buffer.length > KEPT_BUFFER_BYTES) {
      return;
    }
    if (bufferCount.incrementAndGet() <= KEPT_BUFFERS) {
      buffers.add(buffer);
    } else {
      bufferCount.decrementAndGet();
    }
  }
}
