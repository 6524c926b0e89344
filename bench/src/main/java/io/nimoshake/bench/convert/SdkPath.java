package io.nimoshake.bench.convert;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.util.Map;
import org.bson.BsonBinaryWriter;
import org.bson.codecs.DocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What most tools do: the SDK builds {@code AttributeValue}s, they become a {@code Document}, and
 * the driver encodes it. The transport answers from memory. So apart from that, a page costs only
 * one call of the SDK.
 */
final class SdkPath implements AutoCloseable {
  private final DocumentCodec codec = new DocumentCodec();
  private final DynamoDbClient client;

  SdkPath(byte[] page) {
    client =
        DynamoDbClient.builder()
            .region(Region.EU_WEST_1)
            .endpointOverride(URI.create("http://localhost:1"))
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClient(new InMemory(page))
            .build();
  }

  /** Returns the size of the page as BSON, in bytes. */
  int convert() {
    int bytes = 0;
    for (Map<String, AttributeValue> item : client.scan(b -> b.tableName("t")).items()) {
      BasicOutputBuffer out = new BasicOutputBuffer(2048);
      codec.encode(
          new BsonBinaryWriter(out), SdkDocuments.of(item), EncoderContext.builder().build());
      bytes += out.getSize();
    }
    return bytes;
  }

  @Override
  public void close() {
    client.close();
  }

  private record InMemory(byte[] page) implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() {
          return HttpExecuteResponse.builder()
              .response(
                  SdkHttpResponse.builder()
                      .statusCode(200)
                      .putHeader("Content-Type", "application/x-amz-json-1.0")
                      .build())
              .responseBody(AbortableInputStream.create(new ByteArrayInputStream(page)))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }
}
