package io.nimoshake.bench.convert;

import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonBinaryWriter;
import org.bson.Document;
import org.bson.codecs.DocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
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
      codec.encode(new BsonBinaryWriter(out), document(item), EncoderContext.builder().build());
      bytes += out.getSize();
    }
    return bytes;
  }

  private static Document document(Map<String, AttributeValue> map) {
    Document document = new Document();
    map.forEach((name, value) -> document.put(name, value(value)));
    return document;
  }

  private static Object value(AttributeValue value) {
    return switch (value.type()) {
      case S -> value.s();
      case N -> number(value.n());
      case B -> new Binary(value.b().asByteArrayUnsafe());
      case BOOL -> value.bool();
      case NUL -> null;
      case M -> document(value.m());
      case L -> list(value.l());
      case SS -> value.ss();
      case NS -> value.ns().stream().map(SdkPath::number).toList();
      case BS -> value.bs().stream().map(SdkBytes::asByteArrayUnsafe).map(Binary::new).toList();
      default -> throw new IllegalArgumentException("type " + value.type());
    };
  }

  private static List<Object> list(List<AttributeValue> values) {
    List<Object> list = new ArrayList<>(values.size());
    values.forEach(value -> list.add(value(value)));
    return list;
  }

  private static Object number(String text) {
    BigDecimal number = new BigDecimal(text);
    if (number.scale() <= 0 && number.precision() <= 18) {
      long whole = number.longValueExact();
      if (whole == (int) whole) {
        return (int) whole;
      }
      return whole;
    }
    return number.precision() <= 34 ? new Decimal128(number) : text;
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
