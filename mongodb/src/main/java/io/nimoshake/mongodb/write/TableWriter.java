package io.nimoshake.mongodb.write;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.port.WriteMode;
import java.util.List;

/** Writes changes of one table; see {@link io.nimoshake.core.port.Target#write}. */
interface TableWriter {
  List<Rejected> write(List<Change> changes, WriteMode mode) throws Fault;
}
