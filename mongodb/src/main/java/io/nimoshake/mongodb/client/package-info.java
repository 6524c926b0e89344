/** Connections to MongoDB, and what each of its errors means for a sync. */
package io.nimoshake.mongodb.client;
