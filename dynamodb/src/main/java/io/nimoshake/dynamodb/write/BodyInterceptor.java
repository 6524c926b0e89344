package io.nimoshake.dynamodb.write;

import java.io.ByteArrayInputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpRequest;

/**
 * Replaces the SDK's request body with one that is already encoded, before the request is signed.
 * Items need not become objects of the SDK. Leaves requests without {@link #BODY} unchanged.
 */
final class BodyInterceptor implements ExecutionInterceptor {
  /** The whole body of a request, as JSON. */
  static final ExecutionAttribute<byte[]> BODY =
      new ExecutionAttribute<>("io.nimoshake.RequestBody");

  private static final String JSON = "application/x-amz-json-1.0";

  @Override
  public SdkHttpRequest modifyHttpRequest(
      Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
    byte[] body = attributes.getAttribute(BODY);
    return body == null
        ? context.httpRequest()
        : context.httpRequest().toBuilder()
            .putHeader("Content-Length", Integer.toString(body.length))
            .build();
  }

  @Override
  public Optional<RequestBody> modifyHttpContent(
      Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
    byte[] body = attributes.getAttribute(BODY);
    return body == null
        ? context.requestBody()
        : Optional.of(
            // The signer and each attempt need a stream of their own.
            RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(body), body.length, JSON));
  }
}
