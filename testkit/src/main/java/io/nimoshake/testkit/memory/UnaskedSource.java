package io.nimoshake.testkit.memory;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import java.util.List;
import java.util.Optional;

/** A source that may not be asked anything. A test overrides what it expects to be asked. */
public abstract class UnaskedSource implements Source {
  @Override
  public List<String> listTables() throws Fault {
    throw unasked();
  }

  @Override
  public TableSchema describe(String table) throws Fault {
    throw unasked();
  }

  @Override
  public Optional<StreamHandle> ensureStream(String table) throws Fault {
    throw unasked();
  }

  @Override
  public Optional<StreamHandle> currentStream(String table) throws Fault {
    throw unasked();
  }

  @Override
  public ShardListing listShards(String table, String streamArn, Optional<String> childrenOf)
      throws Fault {
    throw unasked();
  }

  @Override
  public SplitReader open(Split split, Position from) throws Fault {
    throw unasked();
  }

  /** It holds nothing. */
  @Override
  public void close() {}

  private static UnsupportedOperationException unasked() {
    return new UnsupportedOperationException("nobody may ask this");
  }
}
