/** Folder and ports of a cluster. */
export interface CephPlace {
  /** A folder of its own. */
  readonly folder: string;
  readonly gatewayPort: number;
  readonly monitorPort: number;
  /** First of the 300 ports among which the object store finds its own. */
  readonly firstStorePort: number;
}

/** Id of the cluster; it need not be unique, since it never meets another one. */
export const clusterId = '11111111-2222-3333-4444-555555555555';

/**
 * The ceph.conf of a cluster of one monitor, one object store in memory and one gateway. Without authentication the
 * messenger must be in mode `crc`; the short intervals save waiting for a tick at each step; no `public bind addr`.
 */
export function cephConfiguration({ folder, gatewayPort, monitorPort, firstStorePort }: CephPlace): string {
  return `[global]
fsid = ${clusterId}
mon host = [v2:127.0.0.1:${monitorPort}]
cluster addr = 127.0.0.1
public addr = 127.0.0.1
ms bind port min = ${firstStorePort}
ms bind port max = ${firstStorePort + 300}
ms mon client mode = crc
ms mon service mode = crc
auth cluster required = none
auth service required = none
auth client required = none

paxos propose interval = 0.02
paxos min wait = 0.01
objecter tick interval = 0.25
mon client hunt interval = 0.25
mon client ping interval = 1
mon tick interval = 1
osd mon heartbeat interval = 1

run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
pid file = ${folder}/run/$name.pid
log file = ${folder}/log/$name.log
log to stderr = false
crash dir = ${folder}/run

mon data = ${folder}/mon
mon initial members = a
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
mon osd initial require min compat client = luminous

osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0

osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd memory target = 939524096
osd op num shards = 1
osd op num threads per shard = 1

rgw frontends = beast endpoint=127.0.0.1:${gatewayPort}
rgw data = ${folder}/rgw
rgw dns name = localhost
rgw thread pool size = 32
rgw enable quota threads = false
rgw override bucket index max shards = 1
rgw dynamic resharding = false
rgw run sync thread = false
rgw lc debug interval = 0
`;
}
