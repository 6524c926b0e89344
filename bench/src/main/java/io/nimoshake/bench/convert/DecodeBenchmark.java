package io.nimoshake.bench.convert;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.nimoshake.bench.items.SampleItems;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.convert.ConvertOptions;
import io.nimoshake.dynamodb.convert.ConvertType;
import io.nimoshake.dynamodb.convert.NumberOverflow;
import io.nimoshake.dynamodb.convert.PageDecoder;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Turns a Scan page of 1 MB into documents that can be written. The score is pages a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "-Xmx1g")
public class DecodeBenchmark {
  @Param({"small", "mixed", "large", "numbers"})
  public String items;

  private byte[] page;
  private final JsonFactory json = new JsonFactory();
  private PageDecoder change;
  private PageDecoder raw;
  private PageDecoder same;
  private SdkPath sdk;

  @Setup
  public void setUp() {
    page = SampleItems.scanPage(items);
    change = decoder(ConvertType.CHANGE);
    raw = decoder(ConvertType.RAW);
    same = decoder(ConvertType.SAME);
    sdk = new SdkPath(page);
  }

  private static PageDecoder decoder(ConvertType type) {
    KeyAttribute key = new KeyAttribute("id", KeyAttribute.Type.S);
    return new PageDecoder(
        new TableSchema("t", key, Optional.empty(), List.of(), 0, 0),
        new ConvertOptions(type, new FieldNames(true, "pre"), NumberOverflow.STRING));
  }

  @TearDown
  public void tearDown() {
    sdk.close();
  }

  /** nimo-shake with {@code convert.type = change}. */
  @Benchmark
  public ChangeBatch onePass() throws IOException {
    return decode(change);
  }

  /** nimo-shake with {@code convert.type = raw}. */
  @Benchmark
  public ChangeBatch onePassRaw() throws IOException {
    return decode(raw);
  }

  /** nimo-shake with {@code convert.type = same}. */
  @Benchmark
  public ChangeBatch onePassSame() throws IOException {
    return decode(same);
  }

  private ChangeBatch decode(PageDecoder decoder) throws IOException {
    ChangeBatch.Builder into = ChangeBatch.builder();
    decoder.scan(page, page.length, into);
    return into.build(Position.END);
  }

  /** The SDK builds AttributeValues, they become Documents, the driver encodes them. */
  @Benchmark
  public int sdkDocumentEncode() {
    return sdk.convert();
  }

  /** Reads the JSON tokens and ignores them: the lower limit. */
  @Benchmark
  public int tokensOnly() throws IOException {
    int tokens = 0;
    try (JsonParser parser = json.createParser(page)) {
      while (parser.nextToken() != null) {
        tokens++;
      }
    }
    return tokens;
  }
}
