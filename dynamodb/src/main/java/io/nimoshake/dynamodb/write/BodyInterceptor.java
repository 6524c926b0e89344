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
 * Puts a body that is written already in the place of the one the SDK made, before it is signed:
 * items need not become objects of the SDK to be sent. Requests without {@link #BODY} are left
 * alone.
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
            // A stream of its own for the signer and for each try.
            RequestBody.fromContentProvider(
                () -> new ByteArrayInputStream(body), body.length, JSON));
  }
}
