import { expect, test } from 'vitest';
import { match, type Route } from '../../src/routes.ts';

const route = (path: string): Route => ({ path, title: 'common.app', access: 'public', load: () => Promise.reject(new Error('not opened')) });
const table = [route('/office/items/:id'), route('/office/items/new'), route('/office/items'), route('/till')];

test('a path is matched part by part and gives its parameters', () => {
  expect(match('/office/items/12', table)).toMatchObject({ route: { path: '/office/items/:id' }, params: { id: '12' } });
  expect(match('/office/items', table)?.route.path).toBe('/office/items');
});

test('a path without parameters wins over one with', () => {
  expect(match('/office/items/new', table)?.route.path).toBe('/office/items/new');
});

test('an unknown path matches nothing', () => {
  expect(match('/office', table)).toBeNull();
  expect(match('/office/items/1/prices', table)).toBeNull();
});

test('a parameter is read as it was written', () => {
  expect(match('/office/items/a%2Fb', table)?.params).toEqual({ id: 'a/b' });
});
